// Asks the endpoint as Grafana's data source does: clickhouse-go over HTTP, Native format, LZ4 and ZSTD blocks.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/shopspring/decimal"
)

type answer struct {
	Rows  map[string]string `json:"rows"`
	Steps int               `json:"steps"`
	Error string            `json:"error"`
}

func ask(address, query string, method clickhouse.CompressionMethod) (answer, error) {
	ctx := context.Background()
	connection := clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{address},
		Protocol:    clickhouse.HTTP,
		Auth:        clickhouse.Auth{Database: "agentops", Username: "default"},
		Compression: &clickhouse.Compression{Method: method},
		Settings:    clickhouse.Settings{"max_execution_time": 60},
	})
	defer connection.Close()
	found := answer{Rows: map[string]string{}}
	rows, err := connection.QueryContext(ctx, query)
	if err != nil {
		return found, fmt.Errorf("costs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var department string
		var cost decimal.Decimal
		if err := rows.Scan(&department, &cost); err != nil {
			return found, err
		}
		found.Rows[department] = cost.String()
	}
	if err := rows.Err(); err != nil {
		return found, err
	}
	steps, err := connection.QueryContext(ctx, "SELECT * FROM run_steps WHERE environment = ?", "production")
	if err != nil {
		return found, fmt.Errorf("steps: %w", err)
	}
	defer steps.Close()
	for steps.Next() {
		found.Steps++
	}
	if err := steps.Err(); err != nil {
		return found, err
	}
	_, err = connection.ExecContext(ctx, "INSERT INTO dead_letters (reason) VALUES ('go')")
	if err == nil {
		return found, fmt.Errorf("a read-only user wrote")
	}
	found.Error = strings.SplitN(err.Error(), "\n", 2)[0]
	return found, nil
}

func main() {
	answers := map[string]answer{}
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD, "gzip": clickhouse.CompressionGZIP,
	} {
		found, err := ask(os.Args[1], os.Args[2], method)
		if err != nil {
			fmt.Fprintln(os.Stderr, name, err)
			os.Exit(1)
		}
		answers[name] = found
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
