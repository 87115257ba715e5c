package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.SplittableRandom;

/** Writes one to three {@code messageParts}, whose order differs between two answers to the same request. */
final class PartsJson {

    private static final String[] STATUSES = {
        null, null, "threat", "THREAT", "unsupported", "NOT_SUPPORTED", "clean", "CLEAN", "inprogress"
    };
    private static final String[] NAMES = {"text.html", "text.txt"};
    private static final String[] CONTENT_TYPES = {"text/html", "text/plain"};

    private PartsJson() {}

    static void write(String tag, JsonGenerator json, RandomText text, SplittableRandom shuffle) throws IOException {
        Part[] parts = new Part[1 + text.below(3)];
        for (int at = 0; at < parts.length; at++) {
            String sha256 = text.hex(64);
            String md5 = text.chance(0.5) ? "" : text.hex(32);
            String status = text.pick(STATUSES);
            parts[at] = at == 2
                    ? new Part("attached", sha256, md5, "invoice-" + tag + ".pdf", status, "application/pdf")
                    : new Part("inline", sha256, md5, NAMES[at], status, CONTENT_TYPES[at]);
        }
        Shuffling.shuffle(parts, shuffle);
        json.writeArrayFieldStart("messageParts");
        for (Part part : parts) {
            json.writeStartObject();
            json.writeStringField("disposition", part.disposition);
            json.writeStringField("sha256", part.sha256);
            json.writeStringField("md5", part.md5);
            json.writeStringField("filename", part.filename);
            json.writeStringField("sandboxStatus", part.sandboxStatus);
            json.writeStringField("oContentType", part.contentType);
            json.writeStringField("contentType", part.contentType);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private record Part(
            String disposition, String sha256, String md5, String filename, String sandboxStatus, String contentType) {}
}
