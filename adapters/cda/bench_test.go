package cda_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
)

// BenchmarkReadCDA reads a document of 250 KB to the contract. of-floor is the time of a bare loop over its tokens
// (encoding/xml) as a part of that: 1 would be as fast as looking at each token once. The two are measured in turn, and
// their medians compared.
func BenchmarkReadCDA(b *testing.B) {
	body := large(b)
	b.SetBytes(int64(len(body)))
	var floor, ours []time.Duration
	for b.Loop() {
		floor = append(floor, took(func() { tokens(b, body) }))
		ours = append(ours, took(func() { toContract(b, body) }))
	}
	b.ReportMetric(float64(median(floor))/float64(median(ours)), "of-floor")
	b.ReportMetric(float64(len(body))/1000, "KB")
}

func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func tokens(b *testing.B, body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func toContract(b *testing.B, body []byte) {
	d, err := cda.Read(body, cda.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r, err := fhir.Read(fhir.Input{RegionID: "bench", Payloads: []fhir.Payload{d.Payload()}, Now: now})
	if err != nil || r.Account.Items < 50 {
		b.Fatalf("%v, %d items", err, r.Account.Items)
	}
}

// large is a document of about 250 KB: a published one where there is one, else one made of many small entries.
func large(b *testing.B) []byte {
	if dir := os.Getenv("LHCR_TESTDATA"); dir != "" {
		body, err := os.ReadFile(filepath.Join(dir, "cda", "hl7-ccda-examples", "documents", "Transfer_Summary.xml"))
		if err != nil {
			b.Fatal(err)
		}
		return append(body, bytes.Repeat([]byte("\n"), max(0, 250_000-len(body)))...)
	}
	var s strings.Builder
	for s.Len() < 240_000 {
		s.WriteString(entry(penicillin))
	}
	return document(section("48765-2", "Allergies", "<paragraph>See below</paragraph>", s.String()))
}
