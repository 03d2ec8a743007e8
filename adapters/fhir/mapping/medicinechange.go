package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// change is the item's change, made when first asked for.
func change(item *lhcrv1.Medication) *lhcrv1.MedicationChange {
	if item.Change == nil {
		item.Change = &lhcrv1.MedicationChange{}
	}
	return item.Change
}

func dropEmptyChange(item *lhcrv1.Medication) {
	c := item.GetChange()
	if c.GetStatus() == nil && c.GetReason() == nil && c.GetDate() == nil && c.GetDetails() == "" {
		item.Change = nil
	}
}

// changeReasons carries over why the status is as it is. The message has room for one
// reason: further ones stay as notes.
func changeReasons(item *lhcrv1.Medication, reasons []model.Concept) {
	for i := range reasons {
		c := contract.Concept(&reasons[i])
		switch {
		case c == nil:
		case change(item).GetReason() == nil:
			item.Change.Reason = c
		default:
			remark(item.GetHeader(), "statusReason", c.GetDisplay())
		}
	}
}
