package patients_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

type object = map[string]any

func all(t *testing.T) []patients.Patient {
	t.Helper()
	list, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// resources reads the resources of a bundle.
func resources(t *testing.T, bundle []byte) []object {
	t.Helper()
	var b struct {
		Type  string `json:"type"`
		Entry []struct {
			Resource object `json:"resource"`
		} `json:"entry"`
	}
	decoder := json.NewDecoder(bytes.NewReader(bundle))
	decoder.UseNumber()
	if err := decoder.Decode(&b); err != nil || b.Type != "collection" {
		t.Fatalf("no collection: %v", err)
	}
	var found []object
	for _, e := range b.Entry {
		found = append(found, e.Resource)
	}
	return found
}

func shared(t *testing.T, region string) []object {
	t.Helper()
	bundle, err := patients.Shared(region)
	if err != nil {
		t.Fatal(err)
	}
	return resources(t, bundle)
}

// walk shows every object of a resource, at any depth.
func walk(node any, visit func(object)) {
	switch v := node.(type) {
	case object:
		visit(v)
		for _, child := range v {
			walk(child, visit)
		}
	case []any:
		for _, child := range v {
			walk(child, visit)
		}
	}
}

// regions are those that hold FHIR, exchanges those that hold documents.
func regions() []string {
	return []string{
		"cheshire-merseyside", "chie", "dorset", "great-north", "greater-manchester", "london", "south-west",
		"thames-valley-surrey", "yorkshire",
	}
}

func exchanges() []string {
	return []string{"cheshire-merseyside", "greater-manchester", "lancashire-south-cumbria", "london"}
}

func TestNumbersAreTestNumbersWithACheckDigitAndUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range all(t) {
		n := p.NHSNumber
		sum := 0
		for i := 0; i < 9; i++ {
			sum += (10 - i) * int(n[i]-'0')
		}
		if len(n) != 10 || !strings.HasPrefix(n, "999") || (11-sum%11)%11 != int(n[9]-'0') {
			t.Errorf("%s: number is not a valid test number", p.Slug)
		}
		if seen[n] {
			t.Errorf("%s: number is taken", p.Slug)
		}
		seen[n] = true
	}
	if len(seen) < 18 {
		t.Errorf("%d patients, want at least 18", len(seen))
	}
}

func TestNamesOfNumbersInBundlesAreOwn(t *testing.T) {
	for _, p := range all(t) {
		for _, region := range p.Regions() {
			own := strings.Contains(string(p.Bundle(region)), `"`+p.NHSNumber+`"`)
			if own == slices.Contains(p.Hazards, patients.WrongPatientNumber) {
				t.Errorf("%s in %s: carries its own number: %v", p.Slug, region, own)
			}
		}
	}
}

func TestDescriptionsAreWhole(t *testing.T) {
	known := patients.Hazards()
	day := regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	for _, p := range all(t) {
		if p.Name == "" || p.Story == "" || len(p.Regions()) == 0 || !day.MatchString(p.DateOfBirth) {
			t.Errorf("%s: description lacks something", p.Slug)
		}
		for _, region := range p.Regions() {
			if !slices.Contains(regions(), region) {
				t.Errorf("%s: region %s", p.Slug, region)
			}
		}
		for _, region := range p.DocumentRegions() {
			if !slices.Contains(exchanges(), region) {
				t.Errorf("%s: documents in %s", p.Slug, region)
			}
		}
		for _, h := range p.Hazards {
			if !slices.Contains(known, h) {
				t.Errorf("%s: hazard %s is not known", p.Slug, h)
			}
		}
	}
}

func TestIDsAreUniqueInTheirRegion(t *testing.T) {
	for _, region := range regions() {
		seen := map[string]string{}
		check := func(slug string, list []object) {
			for _, r := range list {
				id, _ := r["id"].(string)
				key := r["resourceType"].(string) + "/" + id
				if owner, taken := seen[key]; taken && id != "" {
					t.Errorf("%s: %s of %s is also in %s", region, key, slug, owner)
				}
				seen[key] = slug
			}
		}
		check("shared", shared(t, region))
		for _, p := range all(t) {
			if bundle := p.Bundle(region); bundle != nil {
				check(p.Slug, resources(t, bundle))
			}
		}
	}
}

func TestEveryYorkshireResourceHasItsTags(t *testing.T) {
	list := shared(t, "yorkshire")
	for _, p := range all(t) {
		if bundle := p.Bundle("yorkshire"); bundle != nil {
			list = append(list, resources(t, bundle)...)
		}
	}
	for _, r := range list {
		if r["resourceType"] == "Binary" {
			continue // is sent as bytes
		}
		meta, _ := r["meta"].(object)
		systems := map[any]bool{}
		tags, _ := meta["tag"].([]any)
		for _, tag := range tags {
			tag := tag.(object)
			systems[tag["system"]] = tag["code"] != "" && tag["display"] != ""
		}
		if !systems["https://yhcr.nhs.uk/Source"] || !systems["https://yhcr.nhs.uk/Provenance"] || meta["lastUpdated"] == nil {
			t.Errorf("%v/%v: tags %v", r["resourceType"], r["id"], systems)
		}
	}
}

func TestReferencesResolveUnlessTheirLoosenessIsNamed(t *testing.T) {
	for _, region := range regions() {
		known := map[string]bool{}
		for _, r := range shared(t, region) {
			known[r["resourceType"].(string)+"/"+r["id"].(string)] = true
		}
		for _, p := range all(t) {
			if bundle := p.Bundle(region); bundle != nil {
				for _, r := range resources(t, bundle) {
					id, _ := r["id"].(string)
					known[r["resourceType"].(string)+"/"+id] = true
				}
			}
		}
		for _, p := range all(t) {
			if loose := looseIn(t, p, region, known); len(loose) > 0 && !slices.Contains(p.Hazards, patients.DanglingReference) {
				t.Errorf("%s in %s: %v", p.Slug, region, loose)
			}
		}
	}
}

func looseIn(t *testing.T, p patients.Patient, region string, known map[string]bool) (loose []string) {
	t.Helper()
	if p.Bundle(region) == nil {
		return nil
	}
	for _, r := range resources(t, p.Bundle(region)) {
		walk(r, func(o object) {
			ref, _ := o["reference"].(string)
			if url, ok := o["url"].(string); ok && strings.HasPrefix(url, "Binary/") {
				ref = url
			}
			if ref != "" && !strings.HasPrefix(ref, "#") && !elsewhere.MatchString(ref) && !known[relative(ref)] {
				loose = append(loose, ref)
			}
		})
	}
	return loose
}

// elsewhere is an absolute reference that does not end as one to a resource does, such as a form's.
var elsewhere = regexp.MustCompile(`^https?://.*/[^A-Z/][^/]*/[^/]*$`)

// relative is an absolute reference without its base: some regions name an internal server's.
func relative(ref string) string {
	parts := strings.Split(ref, "/")
	return strings.Join(parts[max(0, len(parts)-2):], "/")
}

func TestSharedPartsHoldNobodysData(t *testing.T) {
	for _, region := range regions() {
		for _, r := range shared(t, region) {
			switch r["resourceType"] {
			case "Organization", "Practitioner", "PractitionerRole":
			default:
				t.Errorf("%s: %v", region, r["resourceType"])
			}
		}
	}
}

func TestLargeRecordIsLargeAndAlwaysTheSame(t *testing.T) {
	find := func() []byte {
		list := all(t)
		i := slices.IndexFunc(list, func(p patients.Patient) bool { return slices.Contains(p.Hazards, patients.VeryLargeRecord) })
		return list[i].Bundle("dorset")
	}
	first := find()
	if len(first) < 3<<20 {
		t.Errorf("%d bytes, want 3 MiB", len(first))
	}
	if !bytes.Equal(first, find()) {
		t.Error("two readings differ")
	}
}
