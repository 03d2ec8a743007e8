package cda_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
)

// FuzzRead reads whatever comes, down to the contract: no panic, and an account that balances.
func FuzzRead(f *testing.F) {
	f.Add(allergiesOf(penicillin, concern("active", denied("419199007"))))
	f.Add(document(section("10160-0", "Medicines", `<content ID="a">x</content>`, entry(administration("EVN", `<text><reference value="#a"/></text>`)))))
	f.Add([]byte(`<section nullFlavor="NI"><entry><organizer><component/></organizer></entry></section>`))
	if dir := os.Getenv("LHCR_TESTDATA"); dir != "" {
		files, _ := filepath.Glob(filepath.Join(dir, "cda", "hl7-ccda-examples", "*", "*.xml"))
		for _, name := range files {
			if body, err := os.ReadFile(name); err == nil && len(body) < 20_000 {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := cda.Read(body, cda.Options{})
		if err != nil {
			return
		}
		d.Content()
		r, err := fhir.Read(fhir.Input{RegionID: "fuzz", Payloads: []fhir.Payload{d.Payload()}, Now: now, IncludeSource: true})
		if err != nil {
			t.Fatal(err)
		}
		balanced(t, d, r)
	})
}
