"""Documents for the tests of the readers, made by the libraries that clinics' software uses or by hand."""

import io
import tarfile
import zipfile

import docx
from pypdf import PdfReader, PdfWriter

TALK = b"Therapist: What would you like to do again?\nPatient: I want to dance.\n"


def docx_bytes(build):
    """A Word document; ``build`` fills it."""
    document = docx.Document()
    build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_bytes(*pages):
    """A PDF whose pages show these lines; a page without lines is a picture to the reader."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(pages))), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, lines in enumerate(pages):
        shown = b"".join(
            b"(%s) Tj T* " % line.encode("cp1252").replace(b"(", rb"\(").replace(b")", rb"\)") for line in lines
        )
        content = b"BT /F1 11 Tf 14 TL 50 750 Td " + shown + b"ET" if lines else b"0 0 m 9 9 l S"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * at)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(written)


def encrypted_pdf(password, *pages):
    """The same under a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes(*pages))))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def zip_bytes(members):
    """A zip archive of (name or ZipInfo, bytes)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def tar_bytes(members, mode="w:gz"):
    """A tar archive of (name or TarInfo, bytes)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()
