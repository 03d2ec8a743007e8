package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
	"github.com/openlhcr/openlhcr/gateway/reload"
)

// organisations is what was read of the public data on organisations, and of what.
type organisations struct {
	extract *ods.Extract // nil where there is none
	paths   []string
	files   reload.Imprint
}

// readOrganisations reads the files anew only where one of them is another than before:
// they are large.
func (w workshop) readOrganisations(c *config.Config, before *standing) (organisations, error) {
	next := organisations{paths: c.Directory.ODSFiles, files: reload.Of(c.Directory.ODSFiles...)}
	if len(next.paths) == 0 {
		return next, nil
	}
	if before != nil && slices.Equal(before.organisations.paths, next.paths) && before.organisations.files.Equal(next.files) {
		return before.organisations, nil
	}
	var err error
	if next.extract, err = ods.Load(next.paths, w.opts.Now()); err != nil {
		return next, fmt.Errorf("directory.ods_files: %w", err)
	}
	w.sayRead(next.extract)
	return next, nil
}

func (w workshop) sayRead(extract *ods.Extract) {
	if w.opts.Logger == nil { // nothing runs yet
		return
	}
	for _, f := range extract.Files() {
		level := slog.LevelInfo
		if f.Bad > 0 {
			level = slog.LevelWarn
		}
		w.opts.Logger.Log(context.Background(), level, "organisations were read", slog.String("file", f.Path), slog.String("format", f.Format),
			slog.Int("organisations", f.Organisations), slog.Int("unreadable", f.Bad))
	}
}
