package main

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
)

// The violations and the permitted calls stand in testdata/src/uses, each with
// a `want` comment where a report is due.
func TestMessagesAreNotFormatted(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer, "uses")
}
