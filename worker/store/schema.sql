-- What a worker remembers. Times are UNIX seconds; hashes and ids are 32 bytes.

-- Whose store this is: chain, contracts and worker. A store never changes hands.
CREATE TABLE identity (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- How far the chain has been read: one row.
CREATE TABLE cursor (
    only INTEGER PRIMARY KEY CHECK (only = 0),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- Blocks the cursor stopped at, to find back to the chain after a reorganisation.
CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    timestamp INTEGER NOT NULL
) STRICT;

-- Jobs that were posted; finished_block is set once nothing is left to do about one, asleep while
-- nothing is until something happens to it. Logs name them by their short ids, in whose order those
-- of one time lie together: by their hashes each would lie somewhere else.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    job_id BLOB NOT NULL UNIQUE,
    posted_block INTEGER NOT NULL,
    finished_block INTEGER,
    asleep INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX live_jobs ON jobs (posted_block) WHERE finished_block IS NULL;

-- Logs about those jobs as the node gave them. All else about a job follows from its logs. position
-- is that among the jobs that share a log, zero if it is about one alone.
CREATE TABLE logs (
    block_number INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    position INTEGER NOT NULL,
    block_hash BLOB NOT NULL,
    timestamp INTEGER NOT NULL,
    job INTEGER NOT NULL,
    transaction_hash BLOB NOT NULL,
    address BLOB NOT NULL,
    topics BLOB NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (block_number, log_index, position)
) STRICT;
CREATE INDEX logs_of_job ON logs (job);

-- What running the model led to. Written before the commitment, never replaced: another run may
-- differ in its last bits.
CREATE TABLE outcomes (
    job_id BLOB PRIMARY KEY,
    payload BLOB,
    reason TEXT,
    CHECK ((payload IS NULL) <> (reason IS NULL))
) STRICT;

-- Transactions, written before they are broadcast.
CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    nonce INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    raw BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'mined', 'lost')),
    block_number INTEGER,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX open_transactions ON transactions (nonce) WHERE state = 'pending';

-- The same transactions again, at a higher price: whichever form is mined, it is mined once.
CREATE TABLE replacements (
    hash BLOB NOT NULL UNIQUE,
    transaction_id INTEGER NOT NULL REFERENCES transactions ON DELETE CASCADE,
    raw BLOB NOT NULL
) STRICT;
CREATE INDEX replacements_of ON replacements (transaction_id);

-- The steps that each transaction takes, in their order.
CREATE TABLE steps (
    transaction_id INTEGER NOT NULL REFERENCES transactions ON DELETE CASCADE,
    position INTEGER NOT NULL,
    job_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    round INTEGER NOT NULL,
    units INTEGER NOT NULL,
    item INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, position)
) STRICT, WITHOUT ROWID;
