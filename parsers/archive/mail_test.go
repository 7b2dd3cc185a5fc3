package archive

import (
	"strings"
	"testing"
)

const mailSample = `Return-Path: <anna@example.test>
From: Anna <anna@example.test>
Subject: POP3 does not work
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary="b2"

--b2
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Gr=FC=DFe, event 13003 is there.
--b2
Content-Type: text/html

<p>not read twice</p>
--b2--
--b1
Content-Type: application/octet-stream; name="app.csv"
Content-Disposition: attachment; filename="=?utf-8?q?anwendung=2Ecsv?="
Content-Transfer-Encoding: base64

NS8xMC8wMSw1OjQ5OjU4IFBNLENpLEVycm9yCg==
--b1--
`

func TestMail(t *testing.T) {
	got, err := walkAll([]byte(mailSample))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || strings.TrimSpace(got["body.txt"]) != "Grüße, event 13003 is there." ||
		got["anwendung.csv"] != "5/10/01,5:49:58 PM,Ci,Error\n" {
		t.Errorf("got %q", got)
	}
}

func TestHTMLMail(t *testing.T) {
	got, err := walkAll([]byte("Message-ID: <1@x>\nContent-Type: text/html\n\n" +
		"<html><head><style>p{}</style></head><body><p>USER joe<br>+OK</p><table><tr><td>a<td>b</table>&lt;x&gt;"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "\nUSER joe\n+OK\n\n\n\ta\tb\n<x>"; got["body.txt"] != want {
		t.Errorf("got %q, want %q", got["body.txt"], want)
	}
}

func TestMbox(t *testing.T) {
	box := "From anna@example.test Mon Jan  1 10:00:00 2001\n" + mailSample +
		"\nFrom bert@example.test Tue Jan  2 10:00:00 2001\nMessage-ID: <2@x>\nSubject: s\n\nsecond\n>From here on\n"
	got, err := walkAll([]byte(box))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || !strings.HasPrefix(got["1.eml"], "Return-Path") || !strings.HasSuffix(got["2.eml"], "second\nFrom here on\n") {
		t.Errorf("got %d messages: %q", len(got), got["2.eml"])
	}
}

func TestNoMail(t *testing.T) {
	for _, text := range []string{
		"From: Anna\nSubject: x\n\nplain text of a ticket\n",
		"Event ID: 1\nSource: X\n\n",
		"Log Name: Application\nMessage-ID: is no field of it\nSome text here\n\n",
		"220 mail.example.test ESMTP\n",
	} {
		if k := Detect([]byte(text)); k != None {
			t.Errorf("%q is taken for %s", text, k)
		}
	}
}
