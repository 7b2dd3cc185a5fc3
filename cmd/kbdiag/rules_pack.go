package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kbdiag/rules"
)

func (a *app) rulesPack() *cobra.Command {
	var file, key, name string
	c := &cobra.Command{
		Use:   "pack PATH... -o FILE",
		Short: "Put the rules of folders into one file, signed if you like",
		Long: `Writes the rules of files and folders into one file, which --rules reads. Its
manifest has the SHA-256 of every rule; a pack of which a rule was changed is
refused. --key signs it with an ed25519 key, and --trust of the other commands
then refuses packs that are not signed with that key:

  openssl genpkey -algorithm ed25519 -out private.pem
  openssl pkey -in private.pem -pubout -out public.pem`,
		Example: `  kbdiag rules pack myrules/ -o acme.kbrules
  kbdiag rules pack myrules/ --key private.pem -o acme.kbrules
  kbdiag diagnose --rules acme.kbrules --trust public.pem ticket/`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 || file == "" {
				return usage("expected rules and a file to write to: kbdiag rules pack PATH... -o FILE")
			}
			return a.pack(paths, file, key, name)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "file to write")
	c.Flags().StringVar(&key, "key", "", "sign with the private ed25519 key of this PEM file")
	c.Flags().StringVar(&name, "name", "", "name of the pack")
	return c
}

// pack writes rules that all load into one file.
func (a *app) pack(paths []string, file, keyFile, name string) error {
	base, err := rules.LoadPaths(paths...)
	if err != nil {
		return failed(err)
	}
	if len(base.Rules) == 0 {
		return failed(errors.New("no rules in the folders given"))
	}
	var key ed25519.PrivateKey
	if keyFile != "" {
		if key, err = privateKey(keyFile); err != nil {
			return failed(err)
		}
	}
	var out bytes.Buffer
	err = rules.WritePack(&out, name, base, func(r *rules.Rule) ([]byte, error) { return os.ReadFile(filepath.FromSlash(r.File)) }, key)
	if err != nil {
		return failed(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		return failed(err)
	}
	fmt.Fprintf(a.stdout, "%s: %d rules\n", file, len(base.Rules))
	return nil
}

// pemBlock reads the first block of a PEM file.
func pemBlock(file string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s: not a PEM file", file)
	}
	return block.Bytes, nil
}

// privateKey reads a key in PKCS #8, as openssl genpkey writes it.
func privateKey(file string) (ed25519.PrivateKey, error) {
	raw, err := pemBlock(file)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: not a private key in PKCS #8", file)
	}
	signer, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s: not an ed25519 key", file)
	}
	return signer, nil
}

// publicKeys reads keys in PKIX, as openssl pkey -pubout writes them.
func publicKeys(files []string) ([]ed25519.PublicKey, error) {
	var keys []ed25519.PublicKey
	for _, file := range files {
		raw, err := pemBlock(file)
		if err != nil {
			return nil, err
		}
		key, err := x509.ParsePKIXPublicKey(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: not a public key", file)
		}
		public, ok := key.(ed25519.PublicKey)
		if !ok {
			return nil, fmt.Errorf("%s: not an ed25519 key", file)
		}
		keys = append(keys, public)
	}
	return keys, nil
}
