package mapping

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	listedActive  = lhcrv1.CourseListing_COURSE_LISTING_ACTIVE
	listedPast    = lhcrv1.CourseListing_COURSE_LISTING_PAST
	listedNowhere = lhcrv1.CourseListing_COURSE_LISTING_UNSPECIFIED
)

// speaker is the item whose status lists the course: the statement, else the plan,
// else the order at the root, else the newest issue. Of several statements one that
// says "current" speaks, so that none of them is hidden by another, and so does an
// issue that is current under an order that was only fulfilled. What was retracted
// speaks only when nothing else does. A supply says nothing of the course: nil when
// there is no more.
func (c *course) speaker() *medicine {
	list := slices.Concat(current(c.statements), c.statements)
	if c.plan != nil {
		list = append(list, c.plan)
	}
	if isRequest(c.root) && listing(c.root.item) != listedNowhere {
		list = append(list, c.root)
	}
	list = slices.Concat(list, current(c.issues))
	if isRequest(c.root) {
		list = append(list, c.root)
	}
	list = slices.Concat(list, c.issues)
	if i := slices.IndexFunc(list, func(x *medicine) bool { return !takenBack(x) }); i >= 0 {
		return list[i]
	}
	if len(list) > 0 {
		return list[0]
	}
	return nil
}

// current are those that say of themselves that they are.
func current(list []*medicine) []*medicine {
	var out []*medicine
	for _, x := range list {
		if listing(x.item) == listedActive {
			out = append(out, x)
		}
	}
	return out
}

func takenBack(x *medicine) bool { return x.item.GetHeader().GetRetracted() }

// listing reads a status. What must not be done is listed nowhere, whatever its
// status, and neither is what carries a modifier that is not understood. An order that
// is completed was fulfilled: that says nothing of whether the medicine ended.
func listing(item *lhcrv1.Medication) lhcrv1.CourseListing {
	h := item.GetHeader()
	if h.GetNegated() || slices.Contains(h.GetFlags(), lhcrv1.Flag_FLAG_MODIFIER_UNREAD) {
		return listedNowhere
	}
	switch said(h.GetStatus()) {
	case "active", "on-hold", "intended":
		return listedActive
	case "completed":
		if h.GetSourceType() == "MedicationRequest" && item.GetKind() != lhcrv1.MedicationKind_MEDICATION_KIND_PLAN {
			return listedNowhere
		}
		return listedPast
	case "stopped", "cancelled", "ended":
		return listedPast
	}
	return listedNowhere
}

// statusesDiffer flags issues whose status says something else than that of what they
// were issued under. An issue that was fulfilled under a current authorisation is the
// common case and no difference; a current one under a completed order is one.
func (c *course) statusesDiffer(add func(*medicine, lhcrv1.Flag)) {
	above := listing(c.root.item)
	if above == listedNowhere && said(c.root.item.GetHeader().GetStatus()) == "completed" {
		above = listedPast
	}
	if above == listedNowhere || takenBack(c.root) {
		return
	}
	for _, x := range c.issues {
		if l := listing(x.item); x != c.root && !takenBack(x) && l != listedNowhere && l != above {
			add(x, lhcrv1.Flag_FLAG_STATUSES_DIFFER)
		}
	}
}
