package xmltree_test

import (
	"bytes"
	"encoding/xml"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// BenchmarkParse reports the speed of making the tree in parts of a bare loop over encoding/xml's tokens, measured side
// by side over the same bytes.
func BenchmarkParse(b *testing.B) {
	doc := entries()
	floor := func() {
		for d := xml.NewDecoder(bytes.NewReader(doc)); ; {
			if _, err := d.Token(); err != nil {
				return
			}
		}
	}
	parse := func() {
		if _, err := xmltree.Parse(doc, xmltree.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	var speeds []float64
	for b.Loop() {
		speeds = append(speeds, float64(timed(floor))/float64(timed(parse)))
	}
	slices.Sort(speeds)
	b.ReportMetric(speeds[len(speeds)/2], "of-floor")
}

// timed begins with a clean heap, so that neither pays for the other's garbage.
func timed(do func()) time.Duration {
	runtime.GC()
	start := time.Now()
	do()
	return time.Since(start)
}

// entries is a document of 250 KB in the manner of CDA.
func entries() []byte {
	var doc bytes.Buffer
	doc.WriteString(`<r xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	for doc.Len() < 250_000 {
		doc.WriteString("\n  <entry typeCode=\"DRIV\">\n    <act classCode=\"ACT\" moodCode=\"EVN\"><id root=\"2.16.840.1\" extension=\"7\"/>" +
			"<value xsi:type=\"CD\" code=\"44054006\" displayName=\"Diabetes\"/><text>Seen &amp; treated</text></act>\n  </entry>")
	}
	doc.WriteString("</r>")
	return doc.Bytes()
}
