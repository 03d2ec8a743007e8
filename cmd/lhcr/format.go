package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// formatFlag is the form of an answer.
type formatFlag struct {
	Format string `help:"How to show the answer: ${enum}." enum:"table,json" default:"table"`
}

func (f formatFlag) json() bool { return f.Format == "json" }

// compactJSON is a message of the contract as JSON on one line: long enum names,
// empty fields present, names in camelCase, as over REST.
func compactJSON(m proto.Message) ([]byte, error) {
	raw, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	// protojson varies its blanks on purpose; a line that is compared must not.
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return b.Bytes(), nil
}

// indentedJSON is compactJSON over several lines, for one answer alone.
func indentedJSON(m proto.Message) (string, error) {
	compact, err := compactJSON(m)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		return "", fmt.Errorf("writing JSON: %w", err)
	}
	return b.String() + "\n", nil
}
