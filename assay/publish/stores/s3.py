"""A bucket of S3, or of whatever speaks its protocol. Imports boto3."""

from __future__ import annotations

from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from assay.publish.errors import StoreRefusedError, StoreUnreachableError
from assay.publish.stores import web
from assay.publish.stores.base import Bundle, Chunks, public_base

_PATIENCE = {"connect_timeout": 20, "read_timeout": 60, "retries": {"max_attempts": 3}}


class S3Store:
    """Objects below a prefix. Endpoint, region and credentials are boto3's own: environment,
    profile, role.

    `public` is the URL that the prefix is served at, for instance by a CDN; without it the URL of
    the objects themselves, which everybody must be allowed to read.
    """

    def __init__(self, bucket: str, prefix: str = "", public: str | None = None) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        self._public = None if public is None else public_base(public)

    def __repr__(self) -> str:
        return f"S3Store({self._bucket!r}, {self._prefix!r}, public={self._public!r})"

    def foreseen(self, files: Bundle) -> str:
        """The URI."""
        if self._public is not None:
            return f"{self._public}/{files.own_name}"
        place = {"Bucket": self._bucket, "Key": self._key(files.own_name)}
        try:
            unsigned = self._client(signature_version=UNSIGNED)
            return str(unsigned.generate_presigned_url("get_object", Params=place))
        except (BotoCoreError, Boto3Error, ValueError) as error:
            raise self._refused(type(error).__name__) from None

    def put(self, files: Bundle) -> str:
        """Sends the files. Raises StoreRefusedError or StoreUnreachableError."""
        try:
            client = self._client()
            for name, content in files.placed(files.own_name):
                client.put_object(Bucket=self._bucket, Key=self._key(name), Body=content)
        except ClientError as error:
            raise self._refused(str(error.response.get("Error", {}).get("Code"))) from None
        except NoCredentialsError:
            raise self._refused("no credentials") from None
        except (BotoCoreError, Boto3Error, ValueError) as error:  # their texts repeat addresses
            raise StoreUnreachableError(
                f"the bucket {self._bucket!r} cannot be reached, or broke off "
                f"({type(error).__name__}): check endpoint, region and network"
            ) from None
        return self.foreseen(files)

    def read(self, uri: str) -> Chunks:
        """What the URI serves to anybody. Raises StoreError."""
        return web.get(uri)

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def _client(self, **options: Any) -> Any:
        session = boto3.session.Session()  # boto3's own keeps the credentials it once found
        return session.client("s3", config=Config(**_PATIENCE, **options))

    def _refused(self, why: str) -> StoreRefusedError:
        return StoreRefusedError(
            f"the bucket {self._bucket!r} does not take the files ({why}): check its name, the "
            "region and the credentials, which come from boto3's own settings (AWS_… variables, "
            "a profile or a role)"
        )
