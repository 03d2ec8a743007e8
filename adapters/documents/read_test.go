package documents_test

import (
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/documents"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestWhatIsNoCDAIsNotRead(t *testing.T) {
	for name, content := range map[string]string{"HTML": html, "other XML": "<Envelope/>", "PDF": pdf, "nothing": "", "half of it": `<ClinicalDocument xmlns="urn:hl7-org:v3"><id`} {
		_, gap := documents.Read([]byte(content), &lhcrv1.PatientQuery{NhsNumber: "9990000018"}, time.Now())
		if gap.GetKind() != lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE || gap.GetCount() != 1 || gap.GetMessage() == "" {
			t.Errorf("%s: gap %v", name, gap)
		}
	}
}
