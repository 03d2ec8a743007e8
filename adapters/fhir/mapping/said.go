package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// said is a status code as it is compared: senders write blanks around it and capitals
// in it. What is delivered stays as sent.
func said(code string) string { return strings.ToLower(strings.TrimSpace(code)) }

// isRetracted reports a status by which a source takes back what it recorded.
func isRetracted(status string) bool { return said(status) == "entered-in-error" }

// refuted flags what its source recorded and found not to be so.
func refuted(h *lhcrv1.ItemHeader, verification string) {
	if said(verification) == "refuted" {
		flag(h, lhcrv1.Flag_FLAG_REFUTED)
	}
}

// modified reports a resource that carries a modifier which is not understood, on
// itself, on its container or on its frame.
func modified(e *answer.Entry) bool { return len(e.Modifiers()) > 0 }
