package io.tapsentinel.sandbox;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Checks a request, except its rows, and reads the body: gzip, at most 1,048,576 bytes both compressed and uncompressed. */
final class IngestionRequest {

    private static final Pattern PATH = Pattern.compile("/dataCollectionRules/([^/]+)/streams/([^/]+)");
    private static final String API_VERSION = "api-version=2023-01-01";
    /** Bytes; documented for compressed and uncompressed data. */
    private static final int LIMIT = 1_048_576;

    private IngestionRequest() {}

    /** The stream named in the request. */
    static String stream(HttpExchange exchange) throws Refusal {
        Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
        Headers headers = exchange.getRequestHeaders();
        if (!path.matches()) {
            throw new Refusal(404, "NotFound", "There is nothing at this path");
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            throw new Refusal(405, "MethodNotAllowed", "Only POST is allowed here");
        }
        if (!path.group(1).equals(SandboxIngestion.RULE_ID)) {
            throw new Refusal(404, "NotFound", "There is no data collection rule with this immutable id");
        }
        if (!API_VERSION.equals(exchange.getRequestURI().getRawQuery())) {
            throw new Refusal(400, "InvalidApiVersion", "The query must be " + API_VERSION);
        }
        if (!isJson(headers.getFirst("Content-Type"))) {
            throw new Refusal(400, "InvalidContentType", "Content-Type must be application/json");
        }
        if (!"gzip".equalsIgnoreCase(headers.getFirst("Content-Encoding"))) {
            throw new Refusal(400, "InvalidContentEncoding", "Content-Encoding must be gzip");
        }
        return path.group(2);
    }

    private static boolean isJson(String contentType) {
        return contentType != null
                && contentType.toLowerCase(Locale.ROOT).matches("application/json(\\s*;\\s*charset=utf-8)?");
    }

    /** The uncompressed body. */
    static byte[] body(InputStream body) throws IOException, Refusal {
        byte[] packed = body.readNBytes(LIMIT + 1);
        if (packed.length > LIMIT) {
            throw tooLarge("compressed");
        }
        byte[] unpacked;
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            unpacked = gzip.readNBytes(LIMIT + 1);
        } catch (IOException notGzip) {
            throw new Refusal(400, "InvalidGzip", "The body is not complete gzip data");
        }
        if (unpacked.length > LIMIT) {
            throw tooLarge("uncompressed");
        }
        return unpacked;
    }

    /** Reads the rest of the body: otherwise a client that is still sending sees a broken connection instead of the refusal. */
    static void drain(InputStream body) throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
    }

    private static Refusal tooLarge(String which) {
        return new Refusal(
                413, "ContentLengthLimitExceeded", "The " + which + " body is over the maximum of " + LIMIT + " bytes");
    }
}
