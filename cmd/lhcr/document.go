package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/shell"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// documentCommand reads documents.
type documentCommand struct {
	Get documentGet `cmd:"" help:"Write one document to a file."`
}

// documentGet is `document get`.
type documentGet struct {
	connectFlags
	oneFlags
	accessFlags
	Region  string `required:"" placeholder:"ID" help:"The region that lists the document."`
	Item    string `required:"" placeholder:"ID" help:"The document's item id, as the record lists it."`
	Content string `placeholder:"ID" help:"The content's id, where the document has several."`
	Output  string `short:"o" required:"" placeholder:"FILE|FOLDER" help:"The file to write, or a folder in which to write it as document, with the extension of its type. Choose a name that tells nothing of the patient."`
	Force   bool   `help:"Overwrite the file."`
}

// fetching is the command that fetches a patient's document through the same gateway,
// but for which document and where to. It names no patient: one whom a flag named is
// asked for on standard input.
func fetching(connect connectFlags, named patientFlags) string {
	words := []string{program(), "document", "get"}
	for _, flag := range []struct{ name, value string }{
		{"--target", connect.Target}, {"--ca", connect.CA}, {"--cert", connect.Cert}, {"--key", connect.Key},
		{"--token-file", connect.TokenFile}, {"--nhs-number-file", cmp.Or(named.NHSNumberFile, "-")},
	} {
		if flag.value != "" {
			words = append(words, flag.name, shell.Quote(flag.value))
		}
	}
	if connect.Insecure {
		words = append(words, "--insecure")
	}
	return strings.Join(words, " ")
}

// Help teaches.
func (documentGet) Help() string {
	return `The file is there only when the whole document is: size and SHA-256 are compared
with what the gateway sent. A file that exists is left alone without --force. The
document's own title is never part of a name: it can tell of the patient, and it is
somebody else's to choose.`
}

// Run runs `document get`.
func (g documentGet) Run(ctx context.Context, c *console.Console) (err error) {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	patient, err := g.patient(c)
	if err != nil {
		return err
	}
	access, err := g.access()
	if err != nil {
		return err
	}
	if err := g.mayWrite(); err != nil {
		return err
	}
	client, err := g.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	return g.save(ctx, c, client, sdk.DocumentQuery{
		Patient: patient, Access: access, RegionID: g.Region, ItemID: g.Item, ContentID: g.Content,
	})
}

// mayWrite asks early, before anybody is asked for anything.
func (g documentGet) mayWrite() error {
	_, err := os.Lstat(g.Output)
	if err != nil || g.Force || g.isFolder() {
		return nil
	}
	return fmt.Errorf("%s exists: choose another name, or --force", g.Output)
}

// isFolder says whether the output is a folder to write into.
func (g documentGet) isFolder() bool {
	info, err := os.Stat(g.Output)
	return err == nil && info.IsDir()
}

// save writes beside the file first, and puts it in place once it is verified.
func (g documentGet) save(ctx context.Context, c *console.Console, client *sdk.Client, query sdk.DocumentQuery) (err error) {
	folder := filepath.Dir(g.Output)
	if g.isFolder() {
		folder = g.Output
	}
	draft, err := os.CreateTemp(folder, ".lhcr-document-*")
	if err != nil {
		return err
	}
	defer func() {
		// Once the draft has become the file there is nothing to remove.
		if removed := os.Remove(draft.Name()); removed != nil && !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
	}()
	info, err := client.GetDocument(ctx, query, draft)
	if err = errors.Join(err, draft.Close()); err != nil {
		return err
	}
	file := g.Output
	if g.isFolder() {
		file = filepath.Join(g.Output, "document"+extensions(info.GetMediaType())[0])
	}
	if err := g.place(draft.Name(), file); err != nil {
		return err
	}
	c.Progress(wrote(file, info))
	return nil
}

// place gives the draft its name. Without --force a link fails where a file has come
// to stand meanwhile, which a renaming would overwrite.
func (g documentGet) place(draft, file string) error {
	if g.Force {
		return os.Rename(draft, file)
	}
	if err := os.Link(draft, file); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s exists: choose another name, or --force", file)
		}
		return err
	}
	return nil
}

// wrote says what was written, and which extension goes with it where the name has another.
func wrote(file string, info *lhcrv1.DocumentInfo) string {
	said := fmt.Sprintf("wrote %s, %s, %d bytes, verified", file, info.GetMediaType(), info.GetSize())
	suit := extensions(info.GetMediaType())
	if !slices.Contains(suit, strings.ToLower(filepath.Ext(file))) {
		said += fmt.Sprintf("; the names of such files end in %s", suit[0])
	}
	return said
}
