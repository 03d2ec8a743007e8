package ihe

import (
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"golang.org/x/sync/errgroup"
)

// batchEntries is how many entries are got by their ids in one query.
const batchEntries = 50

// listing is what the registry lists, and why not all.
type listing struct {
	entries   []*xds.Entry
	relations []xds.Relation
	other     int // objects that nobody knows
	failures  []*call.Failure
	warnings  []string // codes
	// unknown says that the registry knows no such patient.
	unknown bool
	// cut says that a limit of ours ended the listing.
	cut bool
}

// list finds the documents of a patient's records, side by side.
func (s *session) list(ctx context.Context, records []record) listing {
	each := make([]listing, len(records))
	var group errgroup.Group
	group.SetLimit(s.definition.Limits.Parallel)
	for i, r := range records {
		group.Go(func() error {
			each[i] = s.listOne(ctx, r)
			return nil
		})
	}
	_ = group.Wait() // every failure is in its own listing
	out := listing{unknown: true}
	for _, l := range each {
		out.unknown = out.unknown && l.unknown
		out.add(l)
	}
	return out
}

// add takes another listing's documents. Only an entry that is wholly the same counts once: two
// that share an id are both told of, for nobody can say which of them is meant.
func (l *listing) add(other listing) {
	for _, e := range other.entries {
		if !slices.ContainsFunc(l.entries, e.Same) {
			l.entries = append(l.entries, e)
		}
	}
	l.relations, l.other = append(l.relations, other.relations...), l.other+other.other
	l.failures, l.warnings = append(l.failures, other.failures...), append(l.warnings, other.warnings...)
	l.cut = l.cut || other.cut
}

// listOne finds the documents of one record. A registry that has more than it lists at once is
// asked for their ids, and then for a few at a time.
func (s *session) listOne(ctx context.Context, r record) listing {
	q := xds.Query{Patient: r.id, Home: r.home, OnDemand: s.definition.IHE.OnDemand}
	res, v, failure := s.query(ctx, q)
	if failure == nil && v.TooMany {
		q.References = true
		res, v, failure = s.query(ctx, q)
	}
	if failure != nil {
		return listing{failures: []*call.Failure{failure}}
	}
	out := listing{
		entries: res.Entries, relations: res.Relations, other: res.Other, failures: v.Failures, warnings: v.Warnings,
		unknown: v.UnknownPatient && len(v.Failures) == 0 && len(res.Entries) == 0,
	}
	if len(res.References) > 0 {
		s.follow(ctx, &out, res.References, r.home)
	}
	out.doubt(v)
	return out
}

// doubt makes failures of what an answer holds against itself: entries of a patient who is not
// known, or nothing but objects that nobody knows.
func (l *listing) doubt(v xds.Verdict) {
	if v.UnknownPatient && len(l.entries)+l.other > 0 {
		l.unknown = false
		l.failures = append(l.failures, xds.Error{Code: xds.UnknownPatient}.Failure())
	}
	if len(l.entries) == 0 && l.other > 0 {
		l.failures = append(l.failures, call.Invalid(lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, "the registry lists what cannot be read").Final())
	}
}

// query makes one stored query.
func (s *session) query(ctx context.Context, q xds.Query) (*xds.Response, xds.Verdict, *call.Failure) {
	m, failure := s.ask(ctx, s.registryQuestion(q))
	if failure != nil {
		return nil, xds.Verdict{}, failure
	}
	res, err := xds.ReadResponse(m.Body, m.XML)
	if err != nil {
		return nil, xds.Verdict{}, errNotRegistry()
	}
	return res, xds.Judge(res.Status, res.Errors), nil
}

func (s *session) registryQuestion(q xds.Query) question {
	action := "urn:ihe:iti:2007:RegistryStoredQuery"
	if s.definition.IHE.Profile == definition.ProfileXCA {
		action = "urn:ihe:iti:2007:CrossGatewayQuery"
	}
	return question{purpose: definition.PurposeRecord, action: action, body: q.Body()}
}

func errNotRegistry() *call.Failure {
	return call.Malformed("the region's answer is not that of a document registry")
}

// follow gets entries of which only the ids came. One that does not come is a gap.
func (s *session) follow(ctx context.Context, l *listing, refs []xds.Reference, home string) {
	batches := s.batches(l, refs, home)
	each := make([]listing, len(batches))
	var group errgroup.Group
	group.SetLimit(s.definition.Limits.Parallel)
	for i, q := range batches {
		group.Go(func() error {
			each[i] = s.followed(ctx, q)
			return nil
		})
	}
	_ = group.Wait() // every failure is in its own listing
	for _, other := range each {
		l.add(other)
	}
}

// batches are the queries for entries by id, those of each community apart, as many as may be made.
func (s *session) batches(l *listing, refs []xds.Reference, home string) []xds.Query {
	var order []string
	byHome := map[string][]string{}
	for _, ref := range refs {
		at := ref.Home
		if at == "" {
			at = home
		}
		if byHome[at] == nil {
			order = append(order, at)
		}
		byHome[at] = append(byHome[at], ref.ID)
	}
	var out []xds.Query
	for _, at := range order {
		for ids := range slices.Chunk(byHome[at], batchEntries) {
			if len(out) == s.definition.Limits.MaxPages {
				l.cut = true
				l.failures = append(l.failures, call.Invalid(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, "the region lists more documents than are read").Final())
				return out
			}
			out = append(out, xds.Query{Entries: ids, Home: at})
		}
	}
	return out
}

// followed gets one batch.
func (s *session) followed(ctx context.Context, q xds.Query) listing {
	res, v, failure := s.query(ctx, q)
	if failure != nil {
		return listing{failures: []*call.Failure{failure}}
	}
	out := listing{entries: res.Entries, relations: res.Relations, other: res.Other, failures: v.Failures, warnings: v.Warnings}
	came := map[string]bool{}
	for _, e := range res.Entries {
		came[e.ID] = true
	}
	if len(v.Failures) == 0 && slices.ContainsFunc(q.Entries, func(id string) bool { return !came[id] }) {
		out.failures = append(out.failures, call.Invalid(lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, "the registry lists documents that did not come"))
	}
	return out
}
