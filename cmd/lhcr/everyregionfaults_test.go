package main

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// befallen are the patients on whom the faults of regions beyond the pair are tried.
func befallen() map[string]string {
	return map[string]string{
		"cheshire-merseyside": "cerys", "chie": "gwen", "great-north": "nora", "greater-manchester": "margaret",
		"lancashire-south-cumbria": "margaret", "london": "lola", "scr": "margaret", "south-west": "silas", "thames-valley-surrey": "thea",
	}
}

// overSOAP are the regions that IHE's own kinds of fault can befall.
func overSOAP() []string { return []string{"cheshire-merseyside", "lancashire-south-cumbria"} }

// slow are the kinds that take a region's whole time.
func slow() []fault.Kind { return []fault.Kind{fault.Hang, fault.SlowDrip, fault.TokenHang} }

// harmless says of a fault that it changes nothing: the region is not asked in the way
// that it breaks, or what it breaks is no failure.
func harmless(kind fault.Kind, region string) bool {
	switch kind {
	case fault.TokenNoExpiry:
		return true
	case fault.TokenUnauthorized, fault.TokenGarbage, fault.TokenHang:
		return region == "lancashire-south-cumbria" // is asked without a token
	case fault.EndlessPaging:
		return region == "lancashire-south-cumbria" || region == "scr" // neither gives pages
	case fault.TooManyResults:
		return true // what is listed is then asked for by its ids
	}
	return false
}

// trial is a house in which regions are made to fail.
type trial struct {
	demo   *demo.Demo
	client *sdk.Client
	judge  *rules.Judge
	truths map[string]*rules.Truth
	wholes map[string]*sdk.Record
	known  map[string]sandbox.Patient
	asked  []string
}

func newTrial(t *testing.T, d *demo.Demo, asked []string) *trial {
	t.Helper()
	tr := &trial{
		demo: d, client: supplier(t, d), judge: rules.NewJudge(0), asked: asked,
		truths: map[string]*rules.Truth{}, wholes: map[string]*sdk.Record{}, known: bySlug(t),
	}
	for i, slug := range tr.people() {
		record := tr.unhurried(t, slug, "")
		tr.wholes[slug], tr.truths[slug] = record, rules.Learn(record.Unguarded())
		tr.judge.Knows(i, tr.truths[slug])
	}
	return tr
}

// bySlug are the sandbox's patients, read once: one of them takes long to make.
func bySlug(t *testing.T) map[string]sandbox.Patient {
	t.Helper()
	known := map[string]sandbox.Patient{}
	for _, p := range everybody(t) {
		known[p.Slug] = p
	}
	return known
}

// unreadLetter ends what the judge says of a listed document that could not be read: what
// it says of itself, such as its custodian, is then not known, and its entries are a gap.
const unreadLetter = "/SECTION_DOCUMENTS holds an item that is not as the region holds it"

// people are the patients of befallen, each once.
func (tr *trial) people() []string {
	var all []string
	for _, slug := range befallen() {
		all = append(all, slug)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unhurried asks until no region but the broken one was cut off.
func (tr *trial) unhurried(t *testing.T, slug, broken string) *sdk.Record {
	t.Helper()
	query := agreeing(tr.known[slug], "")
	query.Regions = sdk.OnlyRegions(tr.asked...)
	for range 10 {
		record := mustLookup(t, tr.client, query)
		late := slices.ContainsFunc(tr.asked, func(id string) bool { return id != broken && cutOff(of(record, id)) })
		if !late {
			return record
		}
	}
	t.Fatal("a region does not answer in time, though it was not made to fail")
	return nil
}

// try makes one region fail for its patient.
func (tr *trial) try(t *testing.T, broken string, kind fault.Kind) {
	t.Helper()
	slug := befallen()[broken]
	system := tr.demo.Sandbox.System(broken)
	system.RevokeTokens()
	system.Fault(sandbox.Fault{Kind: kind, NHSNumber: tr.known[slug].NHSNumber})
	defer system.ClearFaults()
	sent := time.Now()
	record := tr.unhurried(t, slug, broken)
	who, _ := slices.BinarySearch(tr.people(), slug)
	question := rules.Question{Patient: who, Regions: tr.asked, Sections: rules.Sections(), PastCache: true, MaxAge: -1, Truth: tr.truths[slug]}
	for _, v := range tr.judge.Check(rules.Answer{Question: question, Sent: sent, Received: time.Now(), Response: record.Unguarded()}) {
		if !strings.HasSuffix(v.Detail, unreadLetter) {
			t.Errorf("%s: %s", v.Rule, v.Detail)
		}
	}
	for _, id := range tr.asked {
		if id != broken {
			mustEqual(t, id, of(tr.wholes[slug], id), of(record, id))
		}
	}
	if harmless(kind, broken) {
		mustEqual(t, broken, of(tr.wholes[slug], broken), of(record, broken))
		return
	}
	mustLookBroken(t, record, broken)
}

// mustLookBroken: something of the region is said to be missing, and nobody takes the
// allergies for whole unless they are.
func mustLookBroken(t *testing.T, record *sdk.Record, broken string) {
	t.Helper()
	if c := record.Completeness(); c == complete || c == noRecordFound {
		t.Errorf("the record is said to be %v", c)
	}
	said := false
	for _, o := range record.Outcomes() {
		if o.GetRegionId() != broken {
			continue
		}
		said = said || !answers(o.GetStatus()) || len(o.GetGaps()) > 0
		if !answers(o.GetStatus()) && o.GetStatus() != notSupported && o.GetMessage()+gapWords(o) == "" {
			t.Errorf("%s: %v, and not why", o.GetSection(), o.GetStatus())
		}
	}
	if !said {
		t.Error("no outcome says that anything is missing")
	}
}

func answers(s lhcrv1.OutcomeStatus) bool {
	return slices.Contains([]lhcrv1.OutcomeStatus{returned, asText, assertedNone, nothingRecorded, notHeld, notSupported}, s)
}

func gapWords(o *lhcrv1.SectionOutcome) (words string) {
	for _, g := range o.GetGaps() {
		words += g.GetMessage()
	}
	return words
}

func TestEveryFaultOfEveryRegionShowsInItsOutcomesAndNoOthers(t *testing.T) {
	ids := simulated(t)
	quick := slices.DeleteFunc(append(fault.Kinds(), fault.IHEKinds()...), func(k fault.Kind) bool { return slices.Contains(slow(), k) })
	// The Summary Care Record is asked five times a second at most: it is tried beside the others.
	others := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "scr" })
	unhurried, hurried := timed(t, ids, time.Minute), timed(t, ids, time.Second)
	var groups sync.WaitGroup // most of them wait, so that they are not held to one a processor
	defer groups.Wait()
	for some := range slices.Chunk(others, (len(others)+2)/3) {
		groups.Go(func() { t.Run("quick "+some[0], func(t *testing.T) { tryAll(t, unhurried, some, quick) }) })
	}
	groups.Go(func() { t.Run("quick scr", func(t *testing.T) { tryAll(t, unhurried, []string{"scr"}, quick) }) })
	for some := range slices.Chunk(ids, (len(ids)+2)/3) {
		groups.Go(func() { t.Run("slow "+some[0], func(t *testing.T) { tryAll(t, hurried, some, slow()) }) })
	}
}

// timed is a house whose regions have a while each to answer.
func timed(t *testing.T, ids []string, limit time.Duration) *demo.Demo {
	t.Helper()
	limits := map[string]time.Duration{}
	for _, id := range ids {
		limits[id] = limit
	}
	return house(t, live(demo.Options{CallTimeout: 2 * time.Minute, Regions: ids, RegionTimeouts: limits}))
}

// tryAll tries the kinds on the regions that are asked, beside others that ask for other regions.
func tryAll(t *testing.T, d *demo.Demo, asked []string, kinds []fault.Kind) {
	t.Helper()
	tr := newTrial(t, d, asked)
	for _, region := range asked {
		if befallen()[region] == "" {
			continue
		}
		for _, kind := range kinds {
			if slices.Contains(fault.IHEKinds(), kind) && !slices.Contains(overSOAP(), region) {
				continue
			}
			t.Run(region+" "+string(kind), func(t *testing.T) { tr.try(t, region, kind) })
		}
	}
}
