"""Asks the endpoint as Superset and notebooks do: clickhouse-connect, Native format, LZ4 or ZSTD over HTTP."""

import json
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

host, port = sys.argv[1].split(":")
answers = {}
for compress in (False, "lz4", "zstd", "gzip"):
    client = clickhouse_connect.get_client(host=host, port=int(port), database="agentops", compress=compress)
    rows = {department: str(cost.normalize()) for department, cost in client.query(sys.argv[2]).result_rows}
    steps = client.query(
        "SELECT * FROM run_steps WHERE environment = {environment:String}", parameters={"environment": "production"}
    )
    try:
        client.insert("dead_letters", [["python"]], column_names=["reason"])
        error = ""
    except ClickHouseError as refused:
        error = str(refused)
    answers[str(compress)] = {"rows": rows, "steps": len(steps.result_rows), "error": error}
    client.close()
print(json.dumps(answers))
