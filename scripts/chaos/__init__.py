"""Five workers, hundreds of jobs, and everything around them going wrong. See docs/assurance.md."""
