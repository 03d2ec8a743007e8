// Client reads one patient's record through the demo's gateway, as a pharmacy system
// would. The demo writes this file into its folder, with its own address and folder in
// the place of the two below: run it from the root of the repository.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

const (
	target = "127.0.0.1:7443"
	folder = "."
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	client, err := sdk.Dial(ctx, target, sdk.WithRootCAFile(filepath.Join(folder, "ca.pem")))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	patient, err := patient()
	if err != nil {
		return err
	}
	// Each user has a token of their own. The demo writes its user's into a file, and renews it.
	user := client.As(sdk.FileToken(filepath.Join(folder, "token")))
	// One of the regions asks for a consent for each period of care, which you keep.
	access := sdk.LegitimateRelationship().WithConsent("great-north", "demo-period-of-care", time.Now().Format(time.DateOnly), "")
	record, err := user.GetRecord(ctx, sdk.Query{Patient: patient, Access: access})
	if err != nil {
		return err
	}
	show(record)
	return nil
}

// patient is whom the demo shows: the NHS number and the date of birth, a line each.
func patient() (sdk.Patient, error) {
	content, err := os.ReadFile(filepath.Join(folder, "patient"))
	number, birth, _ := strings.Cut(strings.TrimSpace(string(content)), "\n")
	return sdk.Patient{NHSNumber: number, DateOfBirth: birth}, err
}

// show prints allergies and medicines, and always what is missing beside them.
func show(record *sdk.Record) {
	fmt.Println("The record is", sdk.CompletenessWords(record.Completeness()))
	if age, ok := record.Oldest(); ok {
		fmt.Println("The oldest of it is", age.AsOf(time.Now()))
	}
	allergies, gaps := record.Allergies().WithGaps()
	for _, a := range allergies {
		fmt.Printf("Allergy (%s): %s\n", a.GetHeader().GetStatus(), a.GetCode().GetDisplay())
	}
	missing("allergies", record.Allergies().Words(), gaps)
	medicines, gaps := record.Medications().WithGaps()
	for _, m := range medicines {
		fmt.Printf("Medicine (%s): %s\n", m.GetHeader().GetStatus(), m.GetProduct().GetCode().GetDisplay())
	}
	missing("medications", record.Medications().Words(), gaps)
}

// missing says what the section as a whole says of itself, and each gap.
func missing(section, words string, gaps []sdk.Gap) {
	if words != "" {
		fmt.Println("Of "+section+":", words)
	}
	for _, g := range gaps {
		fmt.Println("Missing from "+section+":", g.Words())
	}
}
