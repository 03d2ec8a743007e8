// Democheck reads what `lhcr demo --once --format json` printed and fails
// unless it is exactly one JSON object holding a record, outcomes with their
// regions, and a completeness.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := check(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "democheck:", err)
		os.Exit(1)
	}
}

// answer is the part of a GetRecordResponse that every demo must show.
type answer struct {
	Record       map[string]json.RawMessage `json:"record"`
	Outcomes     []outcome                  `json:"outcomes"`
	Completeness string                     `json:"completeness"`
}

type outcome struct {
	RegionID string `json:"regionId"`
}

// check returns what is missing or too much in the demo's output. Its messages
// quote no content: the demo's patients are synthetic, those of a site are not.
func check(r io.Reader) error {
	decoder := json.NewDecoder(r)
	var got answer
	if err := decoder.Decode(&got); err != nil {
		return fmt.Errorf("standard output is not one JSON object: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object on standard output")
	}
	return got.problems()
}

func (a answer) problems() error {
	var missing []error
	if !hasItems(a.Record["medications"]) {
		missing = append(missing, errors.New(".record.medications holds nothing"))
	}
	if len(a.Outcomes) == 0 {
		missing = append(missing, errors.New(".outcomes is empty"))
	}
	for i, o := range a.Outcomes {
		if o.RegionID == "" {
			missing = append(missing, fmt.Errorf(".outcomes[%d].regionId is empty", i))
		}
	}
	if !strings.HasPrefix(a.Completeness, "COMPLETENESS_") || a.Completeness == "COMPLETENESS_UNSPECIFIED" {
		missing = append(missing, errors.New(".completeness is not a specified COMPLETENESS_… value"))
	}
	return errors.Join(missing...)
}

func hasItems(raw json.RawMessage) bool {
	var items []json.RawMessage
	return json.Unmarshal(raw, &items) == nil && len(items) > 0
}
