package directory

import (
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// indexServed notes which regions serve which committees and boards, and how they are
// called themselves. A name that stands for several regions serves whom its own definition names.
func (d *Directory) indexServed() {
	for _, id := range d.ids {
		region := d.regions[id]
		for _, name := range region.GetPharmaceuticalCommittees() {
			note(d.committees, committeeKey(name), id)
		}
		for _, code := range region.GetIntegratedCareBoards() {
			note(d.boards, strings.ToUpper(code), id)
		}
		note(d.named, regionKey(id), id)
		note(d.named, regionKey(region.GetName()), id)
	}
	delete(d.named, "")
}

func note(index map[string][]string, key, id string) { index[key] = union(index[key], []string{id}) }

// found are regions, and on what it rests that they were found.
type found struct {
	regions []string
	because string
}

// Resolve says which regions serve an organisation, a committee or a board. What
// is not known answers with no region and says what to do (REG-001); the answer
// never guesses.
func (d *Directory) Resolve(req *lhcrv1.ResolveRegionsRequest) *lhcrv1.ResolveRegionsResponse {
	switch by := req.GetBy().(type) {
	case *lhcrv1.ResolveRegionsRequest_OdsCode:
		return d.resolveOrganisation(by.OdsCode)
	case *lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee:
		return d.answer(committeeUnknown+d.near(by.PharmaceuticalCommittee, ofCommittees), d.committee(by.PharmaceuticalCommittee))
	case *lhcrv1.ResolveRegionsRequest_IntegratedCareBoard:
		return d.resolveBoard(by.IntegratedCareBoard)
	case *lhcrv1.ResolveRegionsRequest_Name:
		return d.resolveName(by.Name)
	}
	return d.answer(nothingNamed)
}

const (
	organisationKnown = "This deployment's configuration says that the organisation belongs to these regions."
	committeeKnown    = "The definitions of these regions name the committee as one that they serve."
	committeeUnknown  = "No region's definition names this committee. " +
		"Try its other name (\"… LPC\", \"Community Pharmacy …\"), look the regions up by integrated care board, or choose from ListRegions."
	boardKnown   = "The definitions of these regions name the board as one that they serve."
	boardUnknown = "No region's definition names this board. " +
		"Try its ODS code, look the regions up by pharmaceutical committee, or choose from ListRegions."
	regionKnown = "These are the regions of this name."
	nameUnknown = "No region, committee or board of this name is known, and no organisation of this code. " +
		"Try another name (\"… LPC\", \"Community Pharmacy …\", \"NHS … Integrated Care Board\"), an ODS code, or choose from ListRegions."
	nothingNamed = "Name an organisation, a committee, a board or a region."
)

// resolveOrganisation also takes the ODS code of a board, which is an organisation's too.
func (d *Directory) resolveOrganisation(code string) *lhcrv1.ResolveRegionsResponse {
	place := d.organisation(code)
	return d.answer(place.because, place)
}

func (d *Directory) organisation(code string) found {
	if regions := d.organisations[strings.ToUpper(strings.TrimSpace(code))]; len(regions) > 0 {
		return found{regions, organisationKnown}
	}
	return d.place(code).found
}

func (d *Directory) committee(name string) found {
	return found{d.committees[committeeKey(name)], committeeKnown}
}

func (d *Directory) resolveBoard(board string) *lhcrv1.ResolveRegionsResponse {
	by := d.board(board)
	if len(by.regions) == 0 && by.because != "" {
		return d.answer(by.because)
	}
	return d.answer(boardUnknown+d.near(board, ofBoards), by)
}

// board finds by code or name. One that the definitions do not name may have taken the
// place of others, or others its: that only loaded data knows.
func (d *Directory) board(board string) found {
	code := d.boardCode(board)
	if regions := d.boards[code]; len(regions) > 0 {
		return found{regions, boardKnown}
	}
	if o, ok := d.extract.Find(code); ok && o.Board {
		return d.place(code).found
	}
	return found{}
}

// resolveName tries everything that a name can be of. Names come first: many a short one
// could be a code too.
func (d *Directory) resolveName(name string) *lhcrv1.ResolveRegionsResponse {
	called := found{d.named[regionKey(name)], regionKnown}
	all := []found{called, d.committee(name), d.board(name)}
	if !slices.ContainsFunc(all, func(f found) bool { return len(f.regions) > 0 }) {
		all = append(all, d.organisation(name), d.organisationNamed(name))
	}
	unknown := nameUnknown + d.near(name, ofCommittees, ofBoards, ofRegions)
	for _, f := range all[2:] {
		if len(f.regions) == 0 && f.because != "" && d.isKnown(name) {
			unknown = f.because
		}
	}
	return d.answer(unknown, all...)
}

// isKnown says whether loaded data knows a name or a code, so that more can be said of it
// than that it is not known.
func (d *Directory) isKnown(name string) bool {
	_, ok := d.extract.Find(d.boardCode(name))
	return ok || len(d.extract.Named(name)) > 0
}

// answer lays together what was found. Unknown is what it says where nothing was.
func (d *Directory) answer(unknown string, all ...found) *lhcrv1.ResolveRegionsResponse {
	res := &lhcrv1.ResolveRegionsResponse{}
	all = slices.DeleteFunc(all, func(f found) bool { return len(f.regions) == 0 })
	var because []string
	for _, f := range all {
		res.RegionIds = union(res.GetRegionIds(), f.regions)
		if len(all) > 1 {
			because = append(because, strings.Join(f.regions, ", ")+":")
		}
		because = append(because, f.because)
	}
	for _, id := range res.GetRegionIds() {
		if to := d.regions[id].GetExpandsTo(); len(to) > 0 {
			because = append(because, id+" is a name: it stands for "+list(to)+", which are asked in its place.")
		}
	}
	if res.Explanation = strings.Join(because, " "); len(all) == 0 {
		res.Explanation = unknown
	}
	return res
}

// boardCode is the ODS code of a board that is given by code or by name.
func (d *Directory) boardCode(board string) string {
	if code, ok := d.boardCodes[boardKey(board)]; ok {
		return code
	}
	return strings.ToUpper(strings.TrimSpace(board))
}
