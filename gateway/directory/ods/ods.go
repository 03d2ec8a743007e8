// Package ods reads the public data of the Organisation Data Service: which organisations
// there are, whether they are open, and in whose area each lies. It reads the files as
// they are published: the reports in CSV (epraccur, edispensary, etr, eccg, eauth and
// their like), the XML of all organisations (HSCOrgRefData), and FHIR Organization and
// OrganizationAffiliation resources, in XML or JSON.
package ods

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"slices"
	"strings"
	"time"
)

// Organisation is what the data says of one organisation, on the day for which it was loaded.
type Organisation struct {
	// Code is its ODS code.
	Code string
	// Name as the data has it, which is in capitals mostly.
	Name string
	// Open says that it is active.
	Open bool
	// Board says that it is an integrated care board.
	Board bool
	// In are the codes of those in whose area it lies or who commission it now; Formerly
	// those of before.
	In, Formerly []string
	// Successors are the codes of those that took its place, Predecessors of those whose
	// place it took.
	Successors, Predecessors []string
}

// Extract is what was loaded. It never changes, and is safe for concurrent use. A nil
// Extract knows nobody.
type Extract struct {
	organisations map[string]*Organisation
	named         []named
	seed          maphash.Seed
	files         []File
}

// named ties the hash of a name to a code; sorted by hash.
type named struct {
	name uint64
	code string
}

// File is what became of one file.
type File struct {
	// Path of the file.
	Path string
	// Format that it was found to have: "CSV", "ODS XML", "FHIR XML" or "FHIR JSON".
	Format string
	// Organisations that it holds.
	Organisations int
	// Bad are the rows, or the organisations of an XML file, that could not be read.
	Bad int
	// Faults are the first of those.
	Faults []Fault
}

// Fault is a row that could not be read.
type Fault struct {
	// Line of the file, from 1. 0 where the format has none that means anything.
	Line int
	// What is wrong, in words that repeat nothing of the row.
	What string
}

const (
	// mostFaults are named one by one; the others are counted.
	mostFaults = 20
	// mostOrganisations is far above the 400,000 that there are.
	mostOrganisations = 2_000_000
	// mostLinks of one organisation.
	mostLinks = 64
)

// Load reads files. On is the day on which it counts whether somebody has closed. What two
// files say of one organisation is laid together, and where they differ the later file
// counts. A row that cannot be read is counted and passed over; an error is a file that
// cannot be read, or that holds no organisation. It takes about 200 bytes of memory an
// organisation, however large the files are.
func Load(paths []string, on time.Time) (*Extract, error) {
	l := &loader{on: on, organisations: map[string]*Organisation{}, codes: map[string]string{}}
	for _, path := range paths {
		if err := l.load(path); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return l.extract(), nil
}

// Find is an organisation by its code, in any case.
func (e *Extract) Find(code string) (Organisation, bool) {
	if e == nil {
		return Organisation{}, false
	}
	o, ok := e.organisations[form(code)]
	if !ok {
		return Organisation{}, false
	}
	return *o, true
}

// Named are the codes of the organisations that have a name, in any case, sorted.
func (e *Extract) Named(name string) []string {
	if e == nil || words(name) == "" {
		return nil
	}
	key := maphash.String(e.seed, words(name))
	at, _ := slices.BinarySearchFunc(e.named, key, func(n named, key uint64) int { return cmp.Compare(n.name, key) })
	var codes []string
	for ; at < len(e.named) && e.named[at].name == key; at++ {
		if o := e.organisations[e.named[at].code]; words(o.Name) == words(name) {
			codes = append(codes, o.Code)
		}
	}
	slices.Sort(codes)
	return codes
}

// Files say what became of each file, in the order of their paths as given.
func (e *Extract) Files() []File {
	if e == nil {
		return nil
	}
	return e.files
}

// Len is how many organisations are known.
func (e *Extract) Len() int {
	if e == nil {
		return 0
	}
	return len(e.organisations)
}

// form is the form in which codes are kept.
func form(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }

// isCode says whether a word can be an ODS code: 3 to 10 letters and digits.
func isCode(word string) bool {
	if len(word) < 3 || len(word) > 10 {
		return false
	}
	for _, r := range word {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// words are those of a name, in capitals, single-spaced.
func words(name string) string { return strings.Join(strings.Fields(strings.ToUpper(name)), " ") }

var errNothing = errors.New("holds no organisation that can be read: want a CSV report, the XML or FHIR organisations of the Organisation Data Service")

// loader gathers what files say.
type loader struct {
	on            time.Time
	organisations map[string]*Organisation
	codes         map[string]string // each code once, for organisations name each other over and over
	files         []File
}

func (l *loader) load(path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	file, err := l.read(f)
	if err != nil {
		return err
	}
	file.Path = path
	l.files = append(l.files, *file)
	if file.Organisations == 0 {
		return errNothing
	}
	return nil
}

func (l *loader) extract() *Extract {
	e := &Extract{organisations: l.organisations, seed: maphash.MakeSeed(), files: l.files}
	e.named = make([]named, 0, len(l.organisations))
	for code, o := range l.organisations {
		e.named = append(e.named, named{maphash.String(e.seed, words(o.Name)), code})
	}
	slices.SortFunc(e.named, func(a, b named) int { return cmp.Compare(a.name, b.name) })
	return e
}

// fault notes a row that could not be read.
func (f *File) fault(line int, what string) {
	f.Bad++
	if len(f.Faults) < mostFaults {
		f.Faults = append(f.Faults, Fault{Line: line, What: what})
	}
}
