"""An S3-compatible store of the tests' own on a loopback port: moto's server, in a process of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from typing import Any, Self

import boto3

from intake.message_store.s3 import BucketAddress
from tests.servers import places
from tests.servers.process import ServerProcess

KEY, SECRET = "invented", "also-invented"


class S3Server:
    """Forgets everything when it stops."""

    def __init__(self) -> None:
        self._folder = places.own_folder("s3")
        (self.port,) = places.free_ports(1)
        self._server = ServerProcess(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            folder=self._folder,
            log=self._folder / "log",
            environment={"HOME": str(self._folder), "PATH": os.environ["PATH"]},
        )
        self._server.wait_for(self.port)
        self._numbers = itertools.count(1)
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="eu-west-2",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def new_bucket(self) -> BucketAddress:
        """The address of a new, empty bucket, in which messages have a prefix."""
        name = f"intake-{next(self._numbers)}"
        self._client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        return BucketAddress(
            bucket=name,
            endpoint=self.endpoint,
            region="eu-west-2",
            prefix="messages",
            access_key_id=KEY,
            secret_access_key=SECRET,
        )

    def get(self, bucket: str, key: str) -> bytes:
        content: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self._client.put_object(Bucket=bucket, Key=key, Body=content)

    def delete(self, bucket: str, key: str) -> None:
        self._client.delete_object(Bucket=bucket, Key=key)

    def stop(self) -> None:
        self._client.close()
        self._server.stop()
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
