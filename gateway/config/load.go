package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
)

// maxFile is the largest configuration that is read.
const maxFile = 1 << 20

// Load reads the file at path over the defaults, and the environment over both,
// and validates the outcome. Paths of files become absolute: those of the file are
// relative to its folder. An empty path reads no file.
//
// The error holds every problem found, as [Problems], unless the file itself could not be read.
func Load(path string, getenv func(string) string) (*Config, error) {
	c, err := Read(path, getenv, nil)
	if err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return c, nil
}

// Read is Load without the validation, for whoever gathers more problems than those.
// Beside it names are the environment's variables, "NAME" or as [os.Environ] gives
// them: one that begins with LHCR_ and is the variable of no key is a problem, for what
// it was meant to set would silently be something else. Nil names check nothing.
func Read(path string, getenv func(string) string, names []string) (*Config, error) {
	var source []byte
	if path != "" {
		var err error
		if source, err = read(path); err != nil {
			return nil, err
		}
	}
	c, err := parse(source, getenv, names)
	if err != nil {
		return nil, err
	}
	if err := c.resolve(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return c, nil
}

// Parse is Load of a file's bytes. Paths stay as they are written.
func Parse(source []byte, getenv func(string) string) (*Config, error) {
	c, err := parse(source, getenv, nil)
	if err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return c, nil
}

func parse(source []byte, getenv func(string) string, names []string) (*Config, error) {
	c := Default()
	v := reflect.ValueOf(c).Elem()
	problems := decode(source, v)
	e := &environment{getenv: getenv}
	e.over("", v)
	e.rest(names)
	problems = append(problems, e.problems...)
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	source, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	if len(source) > maxFile {
		return nil, fmt.Errorf("the configuration %s is larger than 1 MiB", path)
	}
	return source, nil
}

// resolve makes the paths of files absolute.
func (c *Config) resolve(folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("the configuration cannot be read: %w", err)
	}
	absolute(folder, c.files())
	for id, r := range c.Regions {
		absolute(folder, r.files(""))
		c.Regions[id] = r
	}
	return nil
}

func absolute(folder string, files []file) {
	for _, f := range files {
		if f.path != "" && !filepath.IsAbs(f.path) {
			f.set(filepath.Join(folder, f.path))
		}
	}
}
