package answer

import (
	"strconv"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Missing says that a page's bundles have entries which hold nothing: parts of a batch
// that failed and do not say why, entries without a resource, deletions in a history.
type Missing struct {
	Page      int
	Kind      lhcrv1.GapKind
	Retryable bool
	Count     int
}

// Missing are the entries that hold nothing, counted by page, kind and retryability.
func (a *Answer) Missing() []Missing { return a.missing }

// vacancy notes what an entry should have held. Its resources are those from position
// on.
func (b *Builder) vacancy(bundle *model.Bundle, entry *model.BundleEntry, position int) {
	status := 0
	if entry.Response != nil {
		status = statusOf(entry.Response.Status)
	}
	switch {
	case status >= 300:
		if !b.excused(position) {
			b.miss(failureOf(status))
		}
	case len(b.answer.entries) > position, entry.Resource.Resource != nil:
	case entry.Request != nil && entry.Request.Method == "DELETE":
		b.miss(lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, false)
	case status == 201, status == 204, status == 200 && bundle.Type == "transaction-response":
	default:
		b.miss(lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, true)
	}
}

// excused reports that a failure among the resources from position on says why nothing
// else came.
func (b *Builder) excused(position int) bool {
	for _, e := range b.answer.entries[position:] {
		if o := As[model.OperationOutcome](e); o != nil && len(gapsOf(e, o)) > 0 {
			return true
		}
	}
	return false
}

func (b *Builder) miss(kind lhcrv1.GapKind, retryable bool) {
	list := b.answer.missing
	for i := range list {
		if m := &list[i]; m.Page == b.page && m.Kind == kind && m.Retryable == retryable {
			m.Count++
			return
		}
	}
	b.answer.missing = append(list, Missing{Page: b.page, Kind: kind, Retryable: retryable, Count: 1})
}

// statusOf reads "404 Not Found"; 0 when there is no number.
func statusOf(s string) int {
	n, err := strconv.Atoi(s[:min(3, len(s))])
	if err != nil {
		return 0
	}
	return n
}

// failureOf says what an HTTP status means for a part of a batch.
func failureOf(status int) (kind lhcrv1.GapKind, retryable bool) {
	switch {
	case status == 401, status == 403:
		return lhcrv1.GapKind_GAP_KIND_REFUSED, false
	case status == 429:
		return lhcrv1.GapKind_GAP_KIND_REFUSED, true
	case status == 408, status == 504:
		return lhcrv1.GapKind_GAP_KIND_TIMED_OUT, true
	case status == 413:
		return lhcrv1.GapKind_GAP_KIND_TOO_LARGE, false
	case status >= 500:
		return lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true
	}
	return lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, false
}
