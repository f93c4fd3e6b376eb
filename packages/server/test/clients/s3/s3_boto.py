"""Uses boto3 with its defaults: uploads and downloads a file, lists it in pages, and prints what it found as JSON."""

import hashlib
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, access_key_id, secret_access_key, bucket, path = sys.argv[1:]
client = boto3.client(
    "s3",
    endpoint_url=endpoint,
    aws_access_key_id=access_key_id,
    aws_secret_access_key=secret_access_key,
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 1}),
)
client.create_bucket(Bucket=bucket)
client.upload_file(path, bucket, "large/ü file")
client.download_file(bucket, "large/ü file", path + ".again")
with open(path + ".again", "rb") as downloaded:
    digest = hashlib.sha256(downloaded.read()).hexdigest()
for number in range(5):
    client.put_object(Bucket=bucket, Key=f"list/{number}", Body=b"x")
pages = client.get_paginator("list_objects_v2").paginate(
    Bucket=bucket, Prefix="list/", PaginationConfig={"PageSize": 2}
)
keys = [[entry["Key"] for entry in page["Contents"]] for page in pages]
try:
    client.head_object(Bucket=bucket, Key="never")
    missing = None
except ClientError as error:
    missing = error.response["Error"]["Code"]
print(json.dumps({"sha256": digest, "keys": keys, "missing": missing}))
