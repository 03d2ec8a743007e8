// Package patients holds the sandbox's synthetic patients: raw FHIR JSON as each region would send it and documents as
// each would exchange them, one folder a patient. All names are invented, and NHS numbers begin with 999, the range kept for tests. Organisation codes have the
// shape of ODS codes and belong to nobody.
package patients

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Demo is the slug of the patient whom demonstrations show: data in both regions, a gap in one, a medicine that both
// hold.
const Demo = "margaret"

//go:embed data
var data embed.FS

// Patient is one synthetic patient.
type Patient struct {
	Slug        string `yaml:"slug"`
	NHSNumber   string `yaml:"nhs_number"`
	DateOfBirth string `yaml:"date_of_birth"` // YYYY-MM-DD, as a caller would know it
	Name        string `yaml:"name"`
	// Story says in one line what the patient is for.
	Story string `yaml:"story"`
	// Hazards that a reader of this patient meets.
	Hazards []Hazard `yaml:"hazards"`
	// Failures are the providers that a region could not read for this patient, by region.
	Failures map[string][]Failure `yaml:"failures"`
	// Alongside are resource types that a region sends beside another type unasked: region → searched type → sent types.
	Alongside map[string]map[string][]string `yaml:"alongside"`
	// Generate adds resources made from a seed, by region.
	Generate map[string]Generated `yaml:"generate"`

	bundles map[string][]byte
}

// Failure is one provider of an exchange that failed while others answered.
type Failure struct {
	// Source is the provider's system, Provenance its ODS code, Name its name.
	Source     string `yaml:"source"`
	Provenance string `yaml:"provenance"`
	Name       string `yaml:"name"`
	// Types that are missing from it. Empty: all.
	Types []string `yaml:"types"`
	// Severity and Code are FHIR's issue-severity and issue-type.
	Severity string `yaml:"severity"`
	Code     string `yaml:"code"`
	// Text is for users, Diagnostics for technicians.
	Text        string `yaml:"text"`
	Diagnostics string `yaml:"diagnostics"`
	// Expressions name the elements that failed validation, one issue each, where a resource was replaced.
	Expressions []string `yaml:"expressions"`
}

// Befalls tells whether a search for the type misses this provider's part.
func (f Failure) Befalls(resourceType string) bool {
	return len(f.Types) == 0 || slices.Contains(f.Types, resourceType)
}

// Regions that hold a record of this patient, in order of name.
func (p Patient) Regions() []string {
	regions := make([]string, 0, len(p.bundles))
	for region := range p.bundles {
		regions = append(regions, region)
	}
	slices.Sort(regions)
	return regions
}

// DocumentRegions are the regions whose exchange of documents knows this patient, in order of name.
func (p Patient) DocumentRegions() []string {
	files, err := fs.Glob(data, "data/"+p.Slug+"/*/documents.yaml")
	if err != nil {
		panic("patients: a slug is no path: " + err.Error())
	}
	regions := make([]string, 0, len(files))
	for _, file := range files { // sorted, as fs.Glob reads folders in order
		regions = append(regions, path.Base(path.Dir(file)))
	}
	return regions
}

// Bundle is the patient's record in one region, a FHIR Bundle of type collection, or nil when the region holds none.
func (p Patient) Bundle(region string) []byte { return p.bundles[region] }

// Files are what one region holds of this patient besides FHIR (documents, and what it tells of them), by file name: the
// folder data/<slug>/<region>. Nil when there is none.
func (p Patient) Files(region string) (map[string][]byte, error) {
	folder := "data/" + p.Slug + "/" + region
	entries, err := fs.ReadDir(data, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		raw, err := data.ReadFile(folder + "/" + entry.Name())
		if err != nil {
			return nil, err
		}
		files[entry.Name()] = raw
	}
	return files, err
}

// Shared is what the patients of a region have in common (organisations, practitioners), a FHIR Bundle.
func Shared(region string) ([]byte, error) {
	return data.ReadFile("data/shared/" + region + ".json")
}

// All gives every patient, in order of slug. What they hold is read once and must not be changed.
func All() ([]Patient, error) {
	all, err := everybody()
	return slices.Clone(all), err
}

// everybody reads the patients when they are first asked for: they never change.
var everybody = sync.OnceValues(readAll)

func readAll() ([]Patient, error) {
	folders, err := fs.ReadDir(data, "data")
	if err != nil {
		return nil, err
	}
	var all []Patient
	for _, folder := range folders {
		if folder.Name() == "shared" {
			continue
		}
		p, err := read(folder.Name())
		if err != nil {
			return nil, fmt.Errorf("patients: %s: %w", folder.Name(), err)
		}
		all = append(all, p)
	}
	return all, nil
}

func read(slug string) (Patient, error) {
	var p Patient
	description, err := data.ReadFile("data/" + slug + "/patient.yaml")
	if err != nil {
		return p, err
	}
	if err := yaml.UnmarshalWithOptions(description, &p, yaml.Strict()); err != nil {
		return p, err
	}
	if p.Slug != slug {
		return p, errors.New("slug and folder differ")
	}
	p.bundles, err = bundles(slug)
	if err != nil {
		return p, err
	}
	return p, p.generate()
}

func bundles(slug string) (map[string][]byte, error) {
	files, err := fs.Glob(data, "data/"+slug+"/*.json")
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for _, file := range files {
		raw, err := data.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := file[strings.LastIndex(file, "/")+1:]
		found[strings.TrimSuffix(name, ".json")] = raw
	}
	return found, nil
}
