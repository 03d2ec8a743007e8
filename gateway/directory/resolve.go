package directory

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// indexServed notes which regions serve which committees and boards. A name that
// stands for several regions serves whom its own definition names.
func (d *Directory) indexServed() {
	for _, id := range d.ids {
		for _, name := range d.regions[id].GetPharmaceuticalCommittees() {
			key := committeeKey(name)
			d.committees[key] = union(d.committees[key], []string{id})
		}
		for _, code := range d.regions[id].GetIntegratedCareBoards() {
			key := strings.ToUpper(code)
			d.boards[key] = union(d.boards[key], []string{id})
		}
	}
}

// Resolve says which regions serve an organisation, a committee or a board. What
// is not known answers with no region and says what to do (REG-001); the answer
// never guesses.
func (d *Directory) Resolve(req *lhcrv1.ResolveRegionsRequest) *lhcrv1.ResolveRegionsResponse {
	switch by := req.GetBy().(type) {
	case *lhcrv1.ResolveRegionsRequest_OdsCode:
		return d.resolveOrganisation(by.OdsCode)
	case *lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee:
		return answer(d.committees[committeeKey(by.PharmaceuticalCommittee)], committeeKnown, committeeUnknown)
	case *lhcrv1.ResolveRegionsRequest_IntegratedCareBoard:
		return answer(d.boards[d.boardCode(by.IntegratedCareBoard)], boardKnown, boardUnknown)
	}
	return answer(nil, "", nothingNamed)
}

const (
	organisationKnown   = "This deployment's configuration says that the organisation belongs to these regions."
	organisationUnknown = "This deployment's configuration names no region for this ODS code. " +
		"Ask whoever runs the gateway to add it under organisations, look the regions up by committee or board, or name regions in each request."
	committeeKnown   = "The definitions of these regions name the committee as one that they serve."
	committeeUnknown = "No region's definition names this committee. " +
		"Try its other name (\"… LPC\", \"Community Pharmacy …\"), look the regions up by integrated care board, or choose from ListRegions."
	boardKnown   = "The definitions of these regions name the board as one that they serve."
	boardUnknown = "No region's definition names this board. " +
		"Try its ODS code, look the regions up by pharmaceutical committee, or choose from ListRegions."
	nothingNamed = "Name an organisation, a committee or a board."
)

// resolveOrganisation also takes the ODS code of a board, which is an organisation's too.
func (d *Directory) resolveOrganisation(code string) *lhcrv1.ResolveRegionsResponse {
	key := strings.ToUpper(strings.TrimSpace(code))
	if regions := d.organisations[key]; len(regions) > 0 {
		return answer(regions, organisationKnown, organisationUnknown)
	}
	if regions := d.boards[key]; len(regions) > 0 {
		return answer(regions, boardKnown, boardUnknown)
	}
	return answer(nil, organisationKnown, organisationUnknown)
}

func answer(regions []string, known, unknown string) *lhcrv1.ResolveRegionsResponse {
	if len(regions) == 0 {
		return &lhcrv1.ResolveRegionsResponse{Explanation: unknown}
	}
	return &lhcrv1.ResolveRegionsResponse{RegionIds: regions, Explanation: known}
}

// boardCode is the ODS code of a board that is given by code or by name.
func (d *Directory) boardCode(board string) string {
	if code, ok := d.boardCodes[boardKey(board)]; ok {
		return code
	}
	return strings.ToUpper(strings.TrimSpace(board))
}
