package seal_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
)

// noon is when everything in these tests happens.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const patient = "9990000018"

func newRing(t testing.TB) *seal.Ring {
	t.Helper()
	r, err := seal.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNamesDifferInEveryPiece(t *testing.T) {
	r := newRing(t)
	key := r.PatientKey(patient)
	base := seal.Field{Region: "dorset", Section: 8, View: [16]byte{1}, Reader: "3"}
	names := map[seal.FieldKey]string{r.FieldKey(key, base): "base"}
	for name, change := range map[string]func(*seal.Field){
		"region":  func(f *seal.Field) { f.Region = "yorkshire" },
		"section": func(f *seal.Field) { f.Section = 9 },
		"view":    func(f *seal.Field) { f.View[15] = 1 },
		"reader":  func(f *seal.Field) { f.Reader = "4" },
		"where the region ends and the reader begins": func(f *seal.Field) { f.Region, f.Reader = "dorset3", "" },
	} {
		f := base
		change(&f)
		if other, taken := names[r.FieldKey(key, f)]; taken {
			t.Errorf("a field with another %s has the name of %s", name, other)
		}
		names[r.FieldKey(key, f)] = name
	}
	if _, taken := names[r.FieldKey(r.PatientKey("9990000026"), base)]; taken {
		t.Error("the same field of another patient has the same name")
	}
	if _, taken := names[newRing(t).FieldKey(key, base)]; taken {
		t.Error("the same field has the same name under another key")
	}
}

func TestANameIsTheSameEveryTime(t *testing.T) {
	file, err := seal.NewFile(rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := seal.Rotate(file, rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	one, two := parse(t, file), parse(t, rotated)
	for range 3 { // hashes are used again
		if one.PatientKey(patient) != two.PatientKey(patient) {
			t.Fatal("a patient changes the name when the data keys are rotated")
		}
		if one.PatientKey(patient) == one.PatientKey(patient+"0") {
			t.Fatal("two patients have one name")
		}
		key, f := one.PatientKey(patient), seal.Field{Region: "dorset"}
		if one.FieldKey(key, f) != two.FieldKey(key, f) {
			t.Fatal("a field changes the name when the data keys are rotated")
		}
	}
	if err := one.SameIndex(two); err != nil {
		t.Errorf("rings with one index key: %v", err)
	}
	if err := one.SameIndex(newRing(t)); err != seal.ErrOtherIndex {
		t.Errorf("rings with two index keys: %v", err)
	}
}

func TestARingPrintsNoKey(t *testing.T) {
	r := newRing(t)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("ring", "ring", r)
	for _, printed := range []string{
		fmt.Sprintf("%v", r), fmt.Sprintf("%+v", r), fmt.Sprintf("%#v", r), fmt.Sprintf("%s", r), fmt.Sprintf("%x", r),
	} {
		if diff := cmp.Diff("a ring of keys", printed); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
	}
	if !strings.Contains(log.String(), `ring="a ring of keys"`) {
		t.Errorf("logged: %s", log.String())
	}
}

func TestWithoutRandomnessThereIsNoKey(t *testing.T) {
	dry := iotest.ErrReader(fmt.Errorf("dry"))
	if _, err := seal.NewRing(dry); err == nil {
		t.Error("a ring was made")
	}
	if _, err := seal.NewFile(dry, noon); err == nil {
		t.Error("a key file was made")
	}
	file, err := seal.NewFile(rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Rotate(file, dry, noon); err == nil {
		t.Error("a key file was rotated")
	}
	if _, err := newRing(t).Box(seal.PatientKey{}).Seal(dry, seal.FieldKey{}, seal.Label{}, nil); err == nil {
		t.Error("a value was sealed")
	}
}

func parse(t testing.TB, file []byte) *seal.Ring {
	t.Helper()
	r, err := seal.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
