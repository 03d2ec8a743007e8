package patients

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// Generated says how many blood results to add to a bundle, made from a seed: the same seed gives the same bytes.
type Generated struct {
	Seed         uint64 `yaml:"seed"`
	Observations int    `yaml:"observations"`
	// Patient is the id of the Patient resource that they are about.
	Patient string `yaml:"patient"`
}

type analyte struct {
	code, name, unit, ucum string
	low, high              float64
}

func analytes() []analyte {
	return []analyte{
		{"1000731000000107", "Serum creatinine level", "umol/L", "umol/L", 45, 84},
		{"1000661000000107", "Serum sodium level", "mmol/L", "mmol/L", 133, 146},
		{"1000651000000109", "Serum potassium level", "mmol/L", "mmol/L", 3.5, 5.3},
		{"1022431000000105", "Haemoglobin estimation", "g/L", "g/L", 115, 165},
		{"1022541000000102", "Total white cell count", "10*9/L", "10*9/L", 4, 11},
		{"1022651000000100", "Platelet count", "10*9/L", "10*9/L", 150, 450},
	}
}

func (p *Patient) generate() error {
	for region, g := range p.Generate {
		var bundle struct {
			ResourceType string           `json:"resourceType"`
			Type         string           `json:"type"`
			Entry        []map[string]any `json:"entry"`
		}
		if err := json.Unmarshal(p.bundles[region], &bundle); err != nil {
			return fmt.Errorf("generate for %s: %w", region, err)
		}
		bundle.Entry = append(bundle.Entry, g.entries()...)
		var out bytes.Buffer
		if err := json.NewEncoder(&out).Encode(bundle); err != nil {
			return fmt.Errorf("generate for %s: %w", region, err)
		}
		p.bundles[region] = out.Bytes()
	}
	return nil
}

func (g Generated) entries() []map[string]any {
	chance := rand.New(rand.NewPCG(g.Seed, g.Seed))
	kinds := analytes()
	day := time.Date(2005, 1, 3, 9, 0, 0, 0, time.UTC)
	entries := make([]map[string]any, 0, g.Observations)
	for i := range g.Observations {
		a := kinds[i%len(kinds)]
		if i%len(kinds) == 0 {
			day = day.AddDate(0, 0, 1+chance.IntN(10))
		}
		value := a.low + chance.Float64()*(a.high-a.low)*1.1
		entries = append(entries, map[string]any{"resource": g.observation(i, a, day, value)})
	}
	return entries
}

// observation is an R4 laboratory result. Values keep one decimal, as a laboratory would print them.
func (g Generated) observation(i int, a analyte, day time.Time, value float64) map[string]any {
	quantity := func(v float64) map[string]any {
		return map[string]any{
			"value": json.Number(fmt.Sprintf("%.1f", v)), "unit": a.unit, "system": "http://unitsofmeasure.org",
			"code": a.ucum,
		}
	}
	instant := day.Format(time.RFC3339)
	return map[string]any{
		"resourceType": "Observation", "id": fmt.Sprintf("gen-%d-%05d", g.Seed, i), "status": "final",
		"meta": map[string]any{
			"lastUpdated": instant, "profile": []string{"https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation"},
			"tag": []map[string]any{{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "code": "RZD"}},
		},
		"category": []map[string]any{{"coding": []map[string]any{{
			"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory",
		}}}},
		"code": map[string]any{"coding": []map[string]any{{
			"system": "http://snomed.info/sct", "code": a.code, "display": a.name,
		}}},
		"subject":           map[string]any{"reference": "Patient/" + g.Patient},
		"effectiveDateTime": instant, "issued": instant, "valueQuantity": quantity(value),
		"referenceRange": []map[string]any{{"low": quantity(a.low), "high": quantity(a.high)}},
	}
}
