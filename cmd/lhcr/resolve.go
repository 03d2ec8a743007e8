package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// regionsResolve is `regions resolve`.
type regionsResolve struct {
	connectFlags
	formatFlag
	Name     string   `arg:"" optional:"" help:"Whoever it is, by name or code: a committee, a board, a region, an organisation."`
	ODS      string   `name:"ods" placeholder:"CODE" help:"The ODS code of an organisation."`
	LPC      string   `name:"lpc" placeholder:"NAME" help:"A Local Pharmaceutical Committee, by its name."`
	ICB      string   `name:"icb" placeholder:"NAME|CODE" help:"An integrated care board, by its name or ODS code."`
	ODSFiles []string `name:"ods-file" placeholder:"FILE" help:"A file of public ODS data, CSV, XML or FHIR, by which organisations are placed without a gateway. May be given again."`
}

// Help teaches.
func (regionsResolve) Help() string {
	return regionsHelp + `
Which regions a pharmacy belongs to by its ODS code, a deployment says (organisations), or
public data that it has loaded (directory.ods_files, here --ods-file).

  lhcr regions resolve "Dorset LPC"
  lhcr regions resolve --ods FA123 --ods-file edispensary.csv`
}

// Run runs `regions resolve`.
func (f regionsResolve) Run(ctx context.Context, c *console.Console) error {
	ask, err := f.request()
	if err != nil {
		return err
	}
	answer, err := f.resolve(ctx, c, ask)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(c, answer)
	}
	found := strings.Join(answer.GetRegionIds(), ", ")
	if found == "" {
		found = "no region is known"
	}
	return c.Write(fmt.Sprintf("%s\n%s\n", found, answer.GetExplanation()))
}

func (f regionsResolve) resolve(ctx context.Context, c *console.Console, ask *lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error) {
	if f.Target != "" {
		return asked(ctx, f.connectFlags, func(client *sdk.Client, ctx context.Context) (*lhcrv1.ResolveRegionsResponse, error) {
			ids, explanation, err := client.ResolveRegions(ctx, whom(ask))
			return &lhcrv1.ResolveRegionsResponse{RegionIds: ids, Explanation: explanation}, err
		})
	}
	extract, err := f.publicData(c)
	if err != nil {
		return nil, err
	}
	known, err := builtInWith(extract)
	if err != nil {
		return nil, err
	}
	return known.Resolve(ask), nil
}

// publicData reads the files of organisations, and tells of what could not be read.
func (f regionsResolve) publicData(c *console.Console) (*ods.Extract, error) {
	if len(f.ODSFiles) == 0 {
		return nil, nil
	}
	extract, err := ods.Load(f.ODSFiles, time.Now())
	if err != nil {
		return nil, fmt.Errorf("--ods-file: %w", err)
	}
	for _, file := range extract.Files() {
		if file.Bad == 0 {
			continue
		}
		c.Progress(fmt.Sprintf("%s: %d rows could not be read, and %d organisations were", file.Path, file.Bad, file.Organisations))
		for _, fault := range file.Faults {
			c.Progress(fmt.Sprintf("  line %d: %s", fault.Line, fault.What))
		}
	}
	return extract, nil
}

// request is what is asked. Whoever is meant is named in one way.
func (f regionsResolve) request() (*lhcrv1.ResolveRegionsRequest, error) {
	ask, given := &lhcrv1.ResolveRegionsRequest{}, 0
	if f.Name != "" {
		ask.By, given = &lhcrv1.ResolveRegionsRequest_Name{Name: f.Name}, given+1
	}
	if f.ODS != "" {
		ask.By, given = &lhcrv1.ResolveRegionsRequest_OdsCode{OdsCode: f.ODS}, given+1
	}
	if f.LPC != "" {
		ask.By, given = &lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee{PharmaceuticalCommittee: f.LPC}, given+1
	}
	if f.ICB != "" {
		ask.By, given = &lhcrv1.ResolveRegionsRequest_IntegratedCareBoard{IntegratedCareBoard: f.ICB}, given+1
	}
	switch {
	case given != 1:
		return nil, usage("who is it? give a name, or one of --ods, --lpc and --icb")
	case f.Target != "" && len(f.ODSFiles) > 0:
		return nil, usage("--ods-file is for an answer without a gateway: leave out --target (and LHCR_TARGET)")
	}
	return ask, nil
}

func whom(ask *lhcrv1.ResolveRegionsRequest) sdk.Whom {
	switch by := ask.GetBy().(type) {
	case *lhcrv1.ResolveRegionsRequest_OdsCode:
		return sdk.ByODSCode(by.OdsCode)
	case *lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee:
		return sdk.ByPharmaceuticalCommittee(by.PharmaceuticalCommittee)
	case *lhcrv1.ResolveRegionsRequest_IntegratedCareBoard:
		return sdk.ByIntegratedCareBoard(by.IntegratedCareBoard)
	}
	return sdk.ByName(ask.GetName())
}
