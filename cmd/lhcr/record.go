package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// recordCommand reads records.
type recordCommand struct {
	Get    recordGet    `cmd:"" help:"Read a record, answered once."`
	Stream recordStream `cmd:"" help:"Read a record region by region, each as it lands."`
}

// readFlags are the flags of whoever reads a record.
type readFlags struct {
	connectFlags
	queryFlags
	formatFlag
}

// start reads the flags, connects, and bounds the call.
func (f readFlags) start(ctx context.Context, c *console.Console) (*sdk.Client, sdk.Query, error) {
	patient, err := f.patient(c)
	if err != nil {
		return nil, sdk.Query{}, err
	}
	query, err := f.query(patient)
	if err != nil {
		return nil, query, err
	}
	client, err := f.dial(ctx)
	return client, query, err
}

// recordGet is `record get`.
type recordGet struct{ readFlags }

// Help teaches.
func (recordGet) Help() string {
	return `The answer goes to standard output, as a table for people or as the contract's
GetRecordResponse in JSON. Exit code 3 says that it is incomplete, 4 that no record
is available.

  lhcr record get --target localhost:7443 --ca ca.pem --token-file token \
    --nhs-number-file - --date-of-birth 1951-04-17 --section allergies`
}

// Run runs `record get`.
func (g recordGet) Run(ctx context.Context, c *console.Console) (err error) {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	client, query, err := g.start(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	record, err := client.GetRecord(ctx, query)
	if err != nil {
		return err
	}
	c.Progress("request " + record.RequestID())
	if err := writeRecord(c, record, g.formatFlag, fetching(g.connectFlags, g.patientFlags)); err != nil {
		return err
	}
	return judge(record.Completeness())
}

// writeRecord writes a record; fetching is the command that fetches its documents.
func writeRecord(c *console.Console, record *sdk.Record, f formatFlag, fetching string) error {
	if !f.json() {
		return c.Write(show.View{Width: c.Width, Paint: c.Paint, Fetching: fetching}.Record(record))
	}
	answer, err := indentedJSON(record.Unguarded())
	if err != nil {
		return err
	}
	return c.Write(answer)
}

// recordStream is `record stream`.
type recordStream struct{ readFlags }

// Help teaches.
func (recordStream) Help() string {
	return `Each region's record is written as soon as the whole of it is there. As JSON that is
one line a region, {"region": <GetRecordResponse>}, and a last line
{"summary": <RecordSummary>}: without that line the record is not whole.`
}

// Run runs `record stream`.
func (s recordStream) Run(ctx context.Context, c *console.Console) (err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	client, query, err := s.start(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	stream := client.StreamRecord(ctx, query)
	for region, err := range stream.Regions() {
		if err != nil {
			return err
		}
		if err := s.landed(c, region); err != nil {
			return err
		}
	}
	record, err := stream.Record()
	if err != nil {
		return err
	}
	if err := s.summary(c, record); err != nil {
		return err
	}
	return judge(record.Completeness())
}

func (s recordStream) landed(c *console.Console, region *sdk.Record) error {
	if !s.json() {
		view := show.View{Width: c.Width, Paint: c.Paint, Fetching: fetching(s.connectFlags, s.patientFlags)}
		return c.Write(view.Record(region) + "\n")
	}
	answer, err := compactJSON(region.Unguarded())
	if err != nil {
		return err
	}
	return writeLine(c, map[string]json.RawMessage{"region": answer})
}

func (s recordStream) summary(c *console.Console, record *sdk.Record) error {
	if !s.json() {
		return c.Write("The record of all regions is " + sdk.CompletenessWords(record.Completeness()) + ".\n")
	}
	whole := record.Unguarded()
	summary, err := compactJSON(&lhcrv1.RecordSummary{
		Completeness: record.Completeness(), Groups: whole.GetGroups(), RequestId: whole.GetRequestId(), AssembledAt: whole.GetAssembledAt(),
	})
	if err != nil {
		return err
	}
	return writeLine(c, map[string]json.RawMessage{"summary": summary})
}

// writeLine writes one JSON object on one line.
func writeLine(c *console.Console, object any) error {
	line, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return c.Write(string(line) + "\n")
}
