package seal_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
)

// secret is a key as a key file holds it, the same for the same number.
func secret(n byte) string {
	b := bytes.Repeat([]byte{n}, 32)
	b[0] = 255 - n
	return base64.StdEncoding.EncodeToString(b)
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d %s\n", i, secret(byte(i+1)))
	}
	return b.String()
}

func TestKeyFilesAreReadStrictly(t *testing.T) {
	index := "index " + secret(200) + "\n"
	for name, c := range map[string]struct {
		file string
		want string // the error; empty for none
	}{
		"whole":                  {file: index + keys(1)},
		"the index last":         {file: keys(2) + index},
		"comments, empty lines":  {file: "# words\n\n" + index + "#\n" + keys(1) + "\n"},
		"lines end as elsewhere": {file: strings.ReplaceAll(index+keys(2), "\n", "\r\n")},
		"no end of the last":     {file: index + strings.TrimSpace(keys(1))},
		"as many as may be":      {file: index + keys(seal.MaxDataKeys)},
		"empty":                  {want: `the key file has no line "index"`},
		"no index":               {file: keys(1), want: `the key file has no line "index"`},
		"no data key":            {file: index, want: "the key file has no data key"},
		"a word":                 {file: index + "words\n", want: "line 2 of the key file: a name, a space and a key in base64 are expected"},
		"a tab":                  {file: "index\t" + secret(1), want: "line 1 of the key file: a name, a space and a key in base64 are expected"},
		"two spaces":             {file: index + "k  " + secret(1), want: "line 2 of the key file: the key is not 32 bytes in base64"},
		"a space before":         {file: " k " + secret(1), want: "line 1 of the key file: the name is not of 1 to 32 lower-case letters, digits and hyphens"},
		"a space after":          {file: "k " + secret(1) + " ", want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"a name in capitals":     {file: index + "K " + secret(1), want: "line 2 of the key file: the name is not of 1 to 32 lower-case letters, digits and hyphens"},
		"a key where the name belongs": {file: index + secret(1) + " k",
			want: "line 2 of the key file: the name is not of 1 to 32 lower-case letters, digits and hyphens"},
		"a long name":         {file: strings.Repeat("k", 33) + " " + secret(1), want: "line 1 of the key file: the name is not of 1 to 32 lower-case letters, digits and hyphens"},
		"no base64":           {file: "k $" + secret(1)[1:], want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"too short":           {file: "k " + base64.StdEncoding.EncodeToString(make([]byte, 31)), want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"too long":            {file: "k " + base64.StdEncoding.EncodeToString(make([]byte, 33)), want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"bits after the end":  {file: "k " + strings.TrimSuffix(secret(1), "E=") + "F=", want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"a break in the key":  {file: "k " + secret(1)[:20] + "\r" + secret(1)[20:], want: "line 1 of the key file: the key is not 32 bytes in base64"},
		"a placeholder":       {file: "k " + base64.StdEncoding.EncodeToString(make([]byte, 32)), want: "line 1 of the key file: the key is not random"},
		"a name twice":        {file: index + "k " + secret(1) + "\nk " + secret(2), want: "line 3 of the key file: the name stands on line 2 already"},
		"two indexes":         {file: index + "index " + secret(2), want: "line 2 of the key file: the name stands on line 1 already"},
		"a key twice":         {file: index + "k " + secret(1) + "\n\nl " + secret(1), want: "line 4 of the key file: the key is the same as that on line 2"},
		"the index's as data": {file: index + "k " + secret(200), want: "line 2 of the key file: the key is the same as that on line 1"},
		"more than may be":    {file: index + keys(seal.MaxDataKeys+1), want: "line 66 of the key file: there are more than 64 data keys: delete old ones"},
		"large":               {file: strings.Repeat("#\n", seal.MaxFileBytes/2) + "#", want: "the key file is larger than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := seal.Parse([]byte(c.file))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got the error %q, want %q", got, c.want)
			}
		})
	}
}

func TestABrokenFileIsNotRotated(t *testing.T) {
	for _, file := range []string{"", "words", "index " + secret(1)} {
		if out, err := seal.Rotate([]byte(file), rand.Reader, noon); err == nil || out != nil {
			t.Errorf("Rotate(%q) gives %q, %v", file, out, err)
		}
	}
	full := "index " + secret(200) + "\n" + keys(seal.MaxDataKeys)
	if out, err := seal.Rotate([]byte(full), rand.Reader, noon); err == nil || out != nil {
		t.Errorf("a file with no room for a key is rotated: %v", err)
	}
}

// No file is taken that cannot be rotated and read again, with one key more and the
// patients' names the same.
func FuzzKeyFile(f *testing.F) {
	f.Add([]byte("index " + secret(200) + "\n" + keys(2)))
	f.Add([]byte("# words\r\nk " + secret(1) + "\r\nindex " + secret(2)))
	f.Fuzz(func(t *testing.T, file []byte) {
		ring, err := seal.Parse(file)
		if err != nil {
			for _, n := range []byte{1, 2, 200} {
				if strings.Contains(err.Error(), secret(n)[:8]) {
					t.Errorf("the error shows a key: %v", err)
				}
			}
			return
		}
		rotated, err := seal.Rotate(file, rand.Reader, noon)
		if err != nil {
			return // no room
		}
		if err := parse(t, rotated).SameIndex(ring); err != nil {
			t.Error(err)
		}
	})
}
