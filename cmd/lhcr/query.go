package main

import (
	"fmt"
	"strings"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// accessFlags say why a record is read.
type accessFlags struct {
	Purpose        string   `enum:"direct-care" default:"direct-care" help:"Why the record is read: ${enum}."`
	Basis          string   `enum:"legitimate-relationship,permission-to-view,emergency-override,consent-for-period-of-care" default:"legitimate-relationship" help:"On what footing: ${enum}."`
	OverrideReason string   `placeholder:"WORDS" help:"Why permission could not be asked. Required with --basis=emergency-override; raises an alert."`
	Consent        []string `sep:"none" placeholder:"REGION=REFERENCE,FROM[,UNTIL]" help:"A consent for a period of care, for a region that asks for one: your reference of it and its days, YYYY-MM-DD. Repeatable."`
}

func (f accessFlags) access() (sdk.Access, error) {
	a := sdk.Access{
		Purpose:        lhcrv1.Purpose(lhcrv1.Purpose_value["PURPOSE_"+constant(f.Purpose)]),
		Basis:          lhcrv1.AccessBasis(lhcrv1.AccessBasis_value["ACCESS_BASIS_"+constant(f.Basis)]),
		OverrideReason: f.OverrideReason,
	}
	for _, consent := range f.Consent {
		region, rest, found := strings.Cut(consent, "=")
		words := strings.Split(rest, ",")
		if !found || len(words) < 2 || len(words) > 3 {
			return a, usage("--consent: want REGION=REFERENCE,FROM or REGION=REFERENCE,FROM,UNTIL, the days written YYYY-MM-DD")
		}
		a = a.WithConsent(region, words[0], words[1], strings.Join(words[2:], ""))
	}
	return a, nil
}

// constant is a word of the command line as the contract's enums write it.
func constant(word string) string { return strings.ToUpper(strings.ReplaceAll(word, "-", "_")) }

// queryFlags say what is asked for.
type queryFlags struct {
	oneFlags
	accessFlags
	Section       []string      `short:"s" placeholder:"NAME" help:"Only this section, such as allergies or investigation-results. Repeatable. Default: every section."`
	Region        []string      `short:"r" placeholder:"ID" help:"Ask this region. Repeatable. Default: the regions of your organisation."`
	AllRegions    bool          `help:"Ask every region. Telling every region about a patient needs a reason."`
	MaxAge        time.Duration `placeholder:"DURATION" xor:"freshness" help:"Take an answer that is at most this old."`
	PastCache     bool          `xor:"freshness" help:"Ask the regions themselves, past the gateway's cache."`
	From          string        `placeholder:"DATE" help:"Only what is dated from this day on, YYYY-MM-DD."`
	To            string        `placeholder:"DATE" help:"Only what is dated up to this day, YYYY-MM-DD."`
	ChangedSince  string        `placeholder:"DATE" help:"Only what the sources changed since this day, YYYY-MM-DD."`
	IncludeSource bool          `help:"Get each item's original too (with --format json)."`
}

// query is the query that the flags ask, for a patient.
func (f queryFlags) query(patient sdk.Patient) (sdk.Query, error) {
	q := sdk.Query{Patient: patient, IncludeSource: f.IncludeSource}
	var err error
	if q.Access, err = f.access(); err != nil {
		return q, err
	}
	if q.Sections, err = sections(f.Section); err != nil {
		return q, err
	}
	if q.Window, err = f.window(); err != nil {
		return q, err
	}
	switch {
	case f.AllRegions && len(f.Region) > 0:
		return q, usage("--region and --all-regions exclude each other")
	case f.AllRegions:
		q.Regions = sdk.AllRegions()
	case len(f.Region) > 0:
		q.Regions = sdk.OnlyRegions(f.Region...)
	}
	switch {
	case f.PastCache:
		q.Freshness = sdk.PastCache()
	case f.MaxAge > 0:
		q.Freshness = sdk.AtMost(f.MaxAge)
	}
	return q, nil
}

func sections(names []string) ([]lhcrv1.Section, error) {
	var all []lhcrv1.Section
	for _, name := range names {
		section, ok := lhcrv1.Section_value["SECTION_"+constant(name)]
		if !ok || section == 0 {
			return nil, usage("--section: there is no section of this name; there are %s", strings.Join(sectionNames(), ", "))
		}
		all = append(all, lhcrv1.Section(section))
	}
	return all, nil
}

// sectionNames are the sections' names as the command line writes them, in order.
func sectionNames() []string {
	values := lhcrv1.Section(0).Descriptor().Values()
	var names []string
	for i := 1; i < values.Len(); i++ {
		name := strings.TrimPrefix(string(values.Get(i).Name()), "SECTION_")
		names = append(names, strings.ToLower(strings.ReplaceAll(name, "_", "-")))
	}
	return names
}

func (f queryFlags) window() (sdk.Window, error) {
	var w sdk.Window
	for _, bound := range []struct {
		flag, value string
		to          *time.Time
	}{{"from", f.From, &w.From}, {"to", f.To, &w.To}, {"changed-since", f.ChangedSince, &w.ChangedSince}} {
		if bound.value == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, bound.value, time.Local)
		if err != nil {
			return w, usageError{fmt.Errorf("--%s: want a day written YYYY-MM-DD", bound.flag)}
		}
		*bound.to = day
	}
	if !w.To.IsZero() {
		// Up to a day means up to its end.
		w.To = w.To.AddDate(0, 0, 1)
	}
	return w, nil
}
