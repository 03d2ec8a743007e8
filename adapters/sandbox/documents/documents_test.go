package documents_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

var (
	begin = regexp.MustCompile(`startxref\n([0-9]+)\n%%EOF\n$`)
	place = regexp.MustCompile(`(?m)^([0-9]{10}) 00000 n $`)
)

// Every offset of the cross-reference table must lead to the object that it names, or no viewer opens the file.
func TestPDFIsWhole(t *testing.T) {
	for _, padding := range []int{0, 1 << 20} {
		pdf := documents.PDF([]string{`Dose (one) \ two`, "", "third line"}, padding)
		if len(pdf) < padding {
			t.Errorf("%d bytes, want %d", len(pdf), padding)
		}
		match := begin.FindSubmatch(pdf)
		if match == nil {
			t.Fatalf("no end: %q", pdf[max(0, len(pdf)-80):])
		}
		table, _ := strconv.Atoi(string(match[1]))
		if !bytes.HasPrefix(pdf[table:], []byte("xref\n0 6\n")) {
			t.Errorf("the table does not begin at %d", table)
		}
		offsets := place.FindAllSubmatch(pdf[table:], -1)
		if len(offsets) != 5 {
			t.Fatalf("%d objects, want 5", len(offsets))
		}
		for i, offset := range offsets {
			at, _ := strconv.Atoi(string(offset[1]))
			if !bytes.HasPrefix(pdf[at:], fmt.Appendf(nil, "%d 0 obj\n", i+1)) {
				t.Errorf("object %d is not at %d", i+1, at)
			}
		}
		if !bytes.Contains(pdf, []byte(`(Dose \(one\) \\ two) Tj`)) {
			t.Error("text is not escaped")
		}
	}
}

func TestFolderIsOfThePatientsRegionAlone(t *testing.T) {
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	for region, want := range map[string]int{"lancashire-south-cumbria": 12, "dorset": 0} {
		folders, err := documents.All(all, region)
		if err != nil {
			t.Fatal(err)
		}
		if len(folders) != want {
			t.Errorf("%s: %d folders, want %d", region, len(folders), want)
		}
	}
}
