package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/sdk"
)

// patientFlags name a patient.
type patientFlags struct {
	NHSNumber     string `name:"nhs-number" placeholder:"NUMBER" xor:"nhs-number" help:"The patient's NHS number. Others on this machine can see it, and it stays in the shell's history: prefer --nhs-number-file."`
	NHSNumberFile string `name:"nhs-number-file" placeholder:"FILE|-" xor:"nhs-number" help:"A file whose first line is the NHS number and whose second, if there is one, the date of birth; - for standard input."`
}

// maxPatientFile is far more than two such lines need.
const maxPatientFile = 1 << 10

// named is what the flags say of a patient, as given; empty when they say nothing.
// Its error tells nothing of a file's content.
func (f patientFlags) named(c *console.Console) (sdk.Patient, error) {
	switch f.NHSNumberFile {
	case "":
		return sdk.Patient{NHSNumber: f.NHSNumber}, nil
	case "-":
		return readPatient(c.In)
	}
	file, err := os.Open(f.NHSNumberFile)
	if err != nil {
		return sdk.Patient{}, errors.New("the file of --nhs-number-file cannot be read")
	}
	patient, err := readPatient(file)
	return patient, errors.Join(err, file.Close())
}

func readPatient(r io.Reader) (sdk.Patient, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxPatientFile))
	if err != nil {
		return sdk.Patient{}, errors.New("the NHS number cannot be read")
	}
	number, rest, _ := strings.Cut(string(content), "\n")
	birth, _, _ := strings.Cut(rest, "\n")
	p := sdk.Patient{NHSNumber: strings.TrimSpace(number), DateOfBirth: strings.TrimSpace(birth)}
	if p.NHSNumber == "" {
		return p, errors.New("the first line holds no NHS number")
	}
	return p, nil
}

// oneFlags are patientFlags of a command that needs a patient.
type oneFlags struct {
	patientFlags
	DateOfBirth string `placeholder:"YYYY-MM-DD" help:"The patient's date of birth, or YYYY-MM, or YYYY. Urged: with it, an answer about somebody else is noticed."`
}

func (f oneFlags) patient(c *console.Console) (sdk.Patient, error) {
	p, err := f.named(c)
	if err != nil {
		return p, err
	}
	if p.NHSNumber == "" {
		return p, usage("which patient? give --nhs-number-file FILE (or -), or --nhs-number")
	}
	if f.DateOfBirth != "" {
		p.DateOfBirth = f.DateOfBirth
	}
	return p, nil
}
