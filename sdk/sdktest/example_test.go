package sdktest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/sdktest"
)

// fake is a gateway and a client of it, for the examples.
func fake() (*sdktest.Gateway, *sdk.Client, func()) {
	gateway := sdktest.Start()
	client, err := gateway.Client()
	if err != nil {
		log.Fatal(err)
	}
	return gateway, client, func() {
		_ = client.Close()
		gateway.Close()
	}
}

func of(slug string, sections ...lhcrv1.Section) sdk.Query {
	return sdk.Query{Patient: sdktest.ByName(slug).Asked(), Access: sdk.LegitimateRelationship(), Sections: sections}
}

// Show what came with what is missing: a region of which one provider failed gives
// allergies, and they are not all.
func Example_allergiesWithGaps() {
	gateway, client, done := fake()
	defer done()
	gateway.Switch(sdktest.AnswersInPart("dorset"))

	record, err := client.GetRecord(context.Background(), of("carol", lhcrv1.Section_SECTION_ALLERGIES))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sdk.CompletenessWords(record.Completeness()))
	if _, err := record.Allergies().Complete(); err != nil {
		fmt.Println("not to be shown as the list of allergies")
	}
	allergies, gaps := record.Allergies().WithGaps()
	for _, a := range allergies {
		fmt.Println("-", a.GetCode().GetDisplay(), "from", a.GetHeader().GetRegionId())
	}
	for _, g := range gaps {
		fmt.Println("!", g.Words())
	}
	// Output:
	// partial: something is missing
	// not to be shown as the list of allergies
	// - Allergy to edible egg from dorset
	// - Allergy to chocolate from dorset
	// - Allergy to erythromycin from yorkshire
	// - Allergy to horse dander from yorkshire
	// ! dorset: the region's answer is not whole or could not be understood
	// ! dorset: one provider did not answer
}

// A medicine is a course: what was planned, issued, stated and dispensed of it.
func Example_medicines() {
	_, client, done := fake()
	defer done()
	record, err := client.GetRecord(context.Background(), of("leonard", lhcrv1.Section_SECTION_MEDICATIONS))
	if err != nil {
		log.Fatal(err)
	}
	courses, err := record.MedicationCourses().Complete()
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range courses {
		fmt.Println(c.Name(), "from", c.RegionID(), "in", len(c.Items()), "entries")
	}
	// Output:
	// Amlodipine 10mg tablets from dorset in 1 entries
}

// An empty section is never "none": its words say what may be told.
func Example_emptyIsNotNone() {
	_, client, done := fake()
	defer done()
	for _, patient := range []string{"hugh", "maeve"} {
		record, err := client.GetRecord(context.Background(), of(patient, lhcrv1.Section_SECTION_ALLERGIES))
		if err != nil {
			log.Fatal(err)
		}
		stated, err := record.Allergies().Complete()
		if err != nil {
			log.Fatal(err)
		}
		if len(stated) == 0 {
			fmt.Println(record.Allergies().Words())
		}
		for _, a := range stated {
			fmt.Println("-", a.GetCode().GetDisplay())
		}
	}
	// Output:
	// nothing recorded
	// - No known allergy
}

// One process serves many users: each call carries its own user's token, over one
// connection.
func Example_manyUsers() {
	gateway, client, done := fake()
	defer done()
	for _, token := range []string{"token-of-the-pharmacist", "token-of-the-technician"} {
		user := client.As(sdk.StaticToken(token))
		if _, err := user.GetRecord(context.Background(), of("hugh", lhcrv1.Section_SECTION_ALLERGIES)); err != nil {
			log.Fatal(err)
		}
	}
	for _, call := range gateway.Calls() {
		if call.Method == lhcrv1.RecordService_GetRecord_FullMethodName {
			fmt.Println(call.Token)
		}
	}
	// Output:
	// token-of-the-pharmacist
	// token-of-the-technician
}

// The gateway keeps answers for a while. Say how old they are, and ask past its
// cache where that matters.
func Example_freshness() {
	gateway, client, done := fake()
	defer done()
	gateway.Switch(sdktest.Held(10 * time.Minute))

	query := of("hugh", lhcrv1.Section_SECTION_MEDICATIONS)
	for _, freshness := range []sdk.Freshness{{}, sdk.AtMost(time.Minute), sdk.PastCache()} {
		query.Freshness = freshness
		record, err := client.GetRecord(context.Background(), query)
		if err != nil {
			log.Fatal(err)
		}
		oldest, _ := record.Oldest()
		fmt.Println("from the cache:", oldest.FromCache, oldest.Age)
	}
	// Output:
	// from the cache: true 10m0s
	// from the cache: false 0s
	// from the cache: false 0s
}

// A record arrives region by region: show each as it lands, and rely on the whole
// only when the stream has ended well.
func Example_streaming() {
	_, client, done := fake()
	defer done()
	stream := client.StreamRecord(context.Background(), of("carol", lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_PROBLEMS))
	for region, err := range stream.Regions() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(region.Regions()[0].GetName())
	}
	record, err := stream.Record()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sdk.CompletenessWords(record.Completeness()))
	// Output:
	// Dorset Care Record
	// Yorkshire & Humber Care Record
	// complete: nothing is known to be missing from what was asked
}

// A document is whole only when its size and hash agree with what came; GetDocument
// checks both.
func Example_documents() {
	gateway, client, done := fake()
	defer done()
	ctx := context.Background()
	record, err := client.GetRecord(ctx, of("margaret", lhcrv1.Section_SECTION_DOCUMENTS))
	if err != nil {
		log.Fatal(err)
	}
	contents, _ := record.DocumentContents()
	query := contents[0].Query(sdktest.ByName("margaret").Asked(), sdk.LegitimateRelationship())

	var document bytes.Buffer
	info, err := client.GetDocument(ctx, query, &document)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.GetTitle(), info.GetMediaType(), uint64(document.Len()) == info.GetSize())

	gateway.Switch(sdktest.CorruptsDocuments())
	if _, err := client.GetDocument(ctx, query, &document); err != nil {
		fmt.Println("throw away what came")
	}
	// Output:
	// Discharge letter application/pdf true
	// throw away what came
}

// Errors have a documented reason, and say whether another try is of use.
func Example_errors() {
	gateway, client, done := fake()
	defer done()
	gateway.Switch(sdktest.AccessDenied(1))

	_, err := client.GetRecord(context.Background(), of("hugh"))
	var failed *sdk.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Code, failed.Reason, failed.Retryable())
	}
	if errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED)) {
		fmt.Println("ask for the right to see shared records")
	}

	wrong := of("hugh")
	wrong.Patient.NHSNumber = "9990002141"
	_, err = client.GetRecord(context.Background(), wrong)
	if errors.As(err, &failed) {
		fmt.Println(failed.Violations[0].Field)
	}
	// Output:
	// PermissionDenied ERROR_REASON_ACCESS_DENIED false
	// ask for the right to see shared records
	// patient.nhs_number
}

// A gateway that is about to stop, or has too many calls, is asked again by itself.
func Example_retries() {
	gateway, client, done := fake()
	defer done()
	gateway.Switch(sdktest.ShuttingDown(1))
	if _, err := client.GetRecord(context.Background(), of("hugh", lhcrv1.Section_SECTION_ALLERGIES)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("answered at the second try")
	// Output:
	// answered at the second try
}

// Two regions can hold the same thing. Nothing is dropped as a duplicate: what may
// be the same is told beside the items.
func Example_mayBeTheSame() {
	_, client, done := fake()
	defer done()
	record, err := client.GetRecord(context.Background(), of("margaret", lhcrv1.Section_SECTION_MEDICATIONS))
	if err != nil {
		log.Fatal(err)
	}
	medicines, _ := record.Medications().WithGaps()
	for _, m := range medicines {
		if others := record.MayBeSame(m); len(others) > 0 && m.GetHeader().GetRegionId() == "dorset" {
			fmt.Println("an entry of dorset may be that of", others[0].GetHeader().GetRegionId())
			break
		}
	}
	// Output:
	// an entry of dorset may be that of yorkshire
}

// Ask for a stretch of time, in the calendar of whoever asks.
func Example_timeWindow() {
	gateway, client, done := fake()
	defer done()
	query := of("hugh", lhcrv1.Section_SECTION_INVESTIGATION_RESULTS)
	query.Window = sdk.LastMonths(6, time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC))
	if _, err := client.GetRecord(context.Background(), query); err != nil {
		log.Fatal(err)
	}
	calls := gateway.Calls()
	asked, _ := calls[len(calls)-1].Request.(*lhcrv1.GetRecordRequest)
	fmt.Println(asked.GetWindow().GetFrom().AsTime().Format(time.DateOnly))
	// Output:
	// 2026-05-21
}

// Which regions serve a pharmacy, and which there are.
func Example_regions() {
	_, client, done := fake()
	defer done()
	ids, why, err := client.ResolveRegions(context.Background(), sdk.ByPharmaceuticalCommittee("Community Pharmacy Dorset"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ids, why)
	regions, err := client.Regions(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range regions {
		if slices.Contains(ids, r.GetRegionId()) {
			fmt.Println(r.GetRegionId(), r.GetName())
		}
	}
	// Output:
	// [dorset] the definitions of these regions name it
	// dorset Dorset Care Record
}

// A file holds the token, and something else renews it: the SDK reads it anew when it
// changed.
func Example_tokenFile() {
	file, err := os.CreateTemp("", "token")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	if _, err := file.WriteString("the-first-token"); err != nil {
		log.Fatal(err)
	}
	gateway, client, done := fake()
	defer done()
	user := client.As(sdk.FileToken(file.Name()))
	if _, err := user.GetRecord(context.Background(), of("hugh", lhcrv1.Section_SECTION_ALLERGIES)); err != nil {
		log.Fatal(err)
	}
	calls := gateway.Calls()
	fmt.Println(calls[len(calls)-1].Token)
	// Output:
	// the-first-token
}
