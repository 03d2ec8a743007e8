package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/credentials/insecure"
)

// exampleGateway knows one patient, whose allergies one of two regions gave.
var exampleGateway = &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	return &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("dorset", "a", "Penicillin")}},
		Outcomes: []*lhcrv1.SectionOutcome{
			outcome("dorset", lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED),
			outcome("yorkshire", lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE),
		},
		Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL,
	}, nil
}}

// A pharmacy system asks for a patient's allergies, and shows what is missing with
// what came. The gateway of this example answers within the program, hence the plain
// text; a real one is reached over TLS.
func Example() {
	reach, stop := serve(exampleGateway, insecure.NewCredentials())
	defer stop()

	ctx := context.Background()
	client, err := sdk.Dial(ctx, "passthrough:///gateway", reach,
		sdk.WithInsecurePlaintext(), sdk.WithTokenSource(sdk.StaticToken("a-token-of-your-issuer")))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the program ends here

	record, err := client.GetRecord(ctx, sdk.Query{
		Patient:  sdk.Patient{NHSNumber: "999 000 0018", DateOfBirth: "1951-04-17"},
		Access:   sdk.LegitimateRelationship(),
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES},
	})
	switch {
	case errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED)):
		log.Fatal("sign in again")
	case err != nil:
		log.Fatal(err)
	}

	if _, err := record.Allergies().Complete(); err != nil {
		fmt.Println("Warning:", err)
	}
	allergies, gaps := record.Allergies().WithGaps()
	for _, a := range allergies {
		fmt.Println("Allergy:", a.GetCode().GetDisplay())
	}
	fmt.Println("Gaps:", len(gaps))
	// Output:
	// Warning: allergies is incomplete: yorkshire: the region gave no usable answer
	// Allergy: Penicillin
	// Gaps: 1
}
