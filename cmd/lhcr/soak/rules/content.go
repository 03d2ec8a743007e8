package rules

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// rightPatient: each item is one that a region holds of this patient.
func (j *Judge) rightPatient(a Answer, f *findings) {
	for _, i := range a.items {
		if !j.holds(a.Patient, i.key) {
			f.add(RightPatient, "%s holds an item that %s does not hold of this patient", i.GetHeader().GetSection(), i.GetHeader().GetRegionId())
			continue
		}
		if owner, known := j.owners[i.content]; known && owner != shared && owner != a.Patient {
			f.add(RightPatient, "%s holds the content of another patient's item", i.GetHeader().GetSection())
		}
	}
}

// holds says whether any truth about the patient has the item.
func (j *Judge) holds(patient int, key itemKey) bool {
	return slices.ContainsFunc(j.truths[patient], func(t *Truth) bool { _, ok := t.content[key]; return ok })
}

// wholeSections: a section with an answer and without a gap holds what the region holds,
// and says that it is absent only where it is.
func wholeSections(a Answer, f *findings) {
	if a.Truth == nil {
		return
	}
	came := map[Place]map[itemKey]held{}
	for _, i := range a.items {
		for _, s := range sectionsOf(i) {
			place := Place{i.key.region, s}
			if came[place] == nil {
				came[place] = map[itemKey]held{}
			}
			came[place][i.key] = i
		}
	}
	for _, o := range a.Response.GetOutcomes() {
		place := placeOf(o)
		switch due := a.Truth.status[place]; {
		case isAbsence(o.GetStatus()) && due != o.GetStatus():
			f.add(Whole, "%s is said to be %s and is %s", place, o.GetStatus(), due)
		case isAnswer(o.GetStatus()) && !isCut(o):
			a.Truth.compare(place, came[place], f)
		}
	}
}

// compare compares what came in a place said to be whole.
func (t *Truth) compare(place Place, came map[itemKey]held, f *findings) {
	for key := range t.held[place] {
		if _, there := came[key]; !there {
			f.add(Whole, "%s is said to be whole and lacks an item of %d", place, len(t.held[place]))
		}
	}
	for key, i := range came {
		if t.content[key] != i.content {
			f.add(Whole, "%s holds an item that is not as the region holds it", place)
		}
	}
}

// askedOnly: no item of a region or section that was not asked for, and none of a region
// whose outcome says that nothing is delivered.
func askedOnly(a Answer, f *findings) {
	may := map[Place]bool{}
	for _, o := range a.Response.GetOutcomes() {
		may[placeOf(o)] = mayHoldItems(o.GetStatus())
	}
	for _, i := range a.items {
		region := i.key.region
		if !slices.Contains(a.Regions, region) || !belongs(i, a.Sections) {
			f.add(AskedOnly, "an item of %s in %s was not asked for", i.GetHeader().GetSection(), region)
		}
		if !slices.ContainsFunc(sectionsOf(i), func(s lhcrv1.Section) bool { return may[Place{region, s}] }) {
			f.add(AskedOnly, "an item of %s in %s stands beside an outcome without items", i.GetHeader().GetSection(), region)
		}
	}
}

// pointers: links, groups and originals are about items of the answer.
func pointers(a Answer, f *findings) {
	there := map[itemKey]bool{}
	for _, i := range a.items {
		there[i.key] = true
	}
	dangles := func(region, id string) bool { return id != "" && !there[itemKey{region, id}] }
	for _, l := range a.Response.GetLinks() {
		if dangles(l.GetRegionId(), l.GetFromItemId()) || dangles(l.GetRegionId(), l.GetToItemId()) {
			f.add(AskedOnly, "a link leads to an item that is not in the answer")
		}
	}
	for _, g := range a.Response.GetGroups() {
		for _, ref := range g.GetItems() {
			if dangles(ref.GetRegionId(), ref.GetItemId()) {
				f.add(AskedOnly, "a group names an item that is not in the answer")
			}
		}
	}
	for _, s := range a.Response.GetSources() {
		if dangles(s.GetRegionId(), s.GetItemId()) {
			f.add(AskedOnly, "an original stands beside no item")
		}
	}
}
