package ihe

import (
	"context"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"golang.org/x/sync/errgroup"
)

// batchDocuments is how many documents are retrieved in one request.
const batchDocuments = 8

// wanted is one document to be retrieved.
type wanted struct {
	key  xds.Key
	size int64 // as listed; 0 for not listed
}

// got is what became of it.
type got struct {
	document xds.Document
	failure  *call.Failure
	// beside is what the repository says is missing of an answer in which all came that was asked for.
	beside *call.Failure
}

// retrieve gets documents, in their order: few requests side by side, those of each repository apart.
func (s *session) retrieve(ctx context.Context, want []wanted) []got {
	out := make([]got, len(want))
	var group errgroup.Group
	group.SetLimit(s.definition.Limits.Parallel)
	for _, batch := range s.parcels(want) {
		group.Go(func() error {
			s.retrieveBatch(ctx, want, batch, out)
			return nil
		})
	}
	_ = group.Wait() // every failure is in its own document
	return out
}

// parcels are the places of what is asked for in one request each.
func (s *session) parcels(want []wanted) [][]int {
	var out [][]int
	last := map[[2]string]int{} // of a repository, its last parcel
	sizes := map[int]int64{}
	for i, w := range want {
		from := [2]string{w.key.Home, w.key.Repository}
		at, ok := last[from]
		if !ok || len(out[at]) == batchDocuments || sizes[at]+w.size > s.definition.Limits.MaxPageBytes/2 {
			at = len(out)
			out, last[from] = append(out, nil), at
		}
		out[at] = append(out[at], i)
		sizes[at] += w.size
	}
	return out
}

// retrieveBatch makes one request. An answer of several documents that is larger than is read is
// asked for in halves: one of them can be the reason.
func (s *session) retrieveBatch(ctx context.Context, want []wanted, batch []int, out []got) {
	keys := make([]xds.Key, len(batch))
	for i, at := range batch {
		keys[i] = want[at].key
	}
	came, failure := s.retrieved(ctx, keys, 0)
	if failure != nil && failure.Kind == lhcrv1.GapKind_GAP_KIND_TOO_LARGE && len(batch) > 1 {
		s.retrieveBatch(ctx, want, batch[:len(batch)/2], out)
		s.retrieveBatch(ctx, want, batch[len(batch)/2:], out)
		return
	}
	whole := true
	for i, at := range batch {
		out[at] = find(ctx, came, keys[i], failure)
		whole = whole && out[at].failure == nil
	}
	if whole {
		out[batch[0]].beside = lacking(came)
	}
}

// lacking is what a repository's answer says is missing.
func lacking(came *xds.Retrieved) *call.Failure {
	if v := xds.Judge(came.Status, came.Errors); len(v.Failures) > 0 {
		return v.Failures[0]
	}
	return nil
}

// find gives the document of a key in an answer, or why it is not there.
func find(ctx context.Context, came *xds.Retrieved, k xds.Key, failure *call.Failure) got {
	if failure != nil {
		return got{failure: failure}
	}
	if d, ok := came.Find(k); ok {
		return got{document: d, failure: failureOf(ctx, d.Err)}
	}
	if failure := lacking(came); failure != nil {
		return got{failure: failure}
	}
	return got{failure: call.Invalid(lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, "a document that is listed did not come")}
}

// retrieved asks for documents, which the answer may hold in as many bytes as the limit says (0: a page's).
func (s *session) retrieved(ctx context.Context, keys []xds.Key, limit int64) (*xds.Retrieved, *call.Failure) {
	q := s.repositoryQuestion(keys)
	q.limit = limit
	m, failure := s.ask(ctx, q)
	if failure != nil {
		return nil, failure
	}
	came, err := xds.ReadRetrieved(m)
	if err != nil {
		return nil, errNotRepository()
	}
	return came, nil
}

func (s *session) repositoryQuestion(keys []xds.Key) question {
	action := "urn:ihe:iti:2007:RetrieveDocumentSet"
	if s.definition.IHE.Profile == definition.ProfileXCA {
		action = "urn:ihe:iti:2007:CrossGatewayRetrieve"
	}
	return question{purpose: definition.PurposeRepository, action: action, body: xds.Retrieve(keys), mtom: true}
}

func errNotRepository() *call.Failure {
	return call.Malformed("the region's answer is not that of a document repository")
}

// keyOf is what an entry's document is asked for by. Across communities it must say which.
func (c *client) keyOf(e *xds.Entry) (xds.Key, bool) {
	k, ok := e.Key()
	switch {
	case c.definition.IHE.Profile != definition.ProfileXCA:
		k.Home = strings.TrimSpace(k.Home) // one that the registry gives is given back
	case k.Home == "":
		k.Home = xds.Home(c.definition.IHE.HomeCommunity)
	}
	return k, ok
}
