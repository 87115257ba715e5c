package io.tapsentinel.sandbox;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks everything of a request but its body. */
final class IngestionRequest {

    private static final Pattern PATH = Pattern.compile("/dataCollectionRules/([^/]+)/streams/([^/]+)");
    private static final String API_VERSION = "api-version=2023-01-01";

    private IngestionRequest() {}

    /**
     * The stream that the request names.
     *
     * @param ruleId the only data collection rule that exists
     * @param token  the only bearer token that is let in, or null to ask for none
     */
    static String stream(String method, URI uri, Headers headers, String ruleId, String token) throws IngestionRefusal {
        Matcher path = PATH.matcher(uri.getRawPath());
        if (!path.matches()) {
            throw new IngestionRefusal(404, "NotFound", "There is nothing at this path");
        }
        if (!method.equals("POST")) {
            throw new IngestionRefusal(405, "MethodNotAllowed", "Only POST is allowed here");
        }
        if (token != null && !bears(token, headers.getFirst("Authorization"))) {
            throw new IngestionRefusal(401, "InvalidToken", "The bearer token is missing or not valid");
        }
        if (!path.group(1).equals(ruleId)) {
            throw new IngestionRefusal(404, "NotFound", "There is no data collection rule with this immutable id");
        }
        if (!API_VERSION.equals(uri.getRawQuery())) {
            throw new IngestionRefusal(400, "InvalidApiVersion", "The query must be " + API_VERSION);
        }
        if (!isJson(headers.getFirst("Content-Type"))) {
            throw new IngestionRefusal(400, "InvalidContentType", "Content-Type must be application/json");
        }
        if (!"gzip".equalsIgnoreCase(headers.getFirst("Content-Encoding"))) {
            throw new IngestionRefusal(400, "InvalidContentEncoding", "Content-Encoding must be gzip");
        }
        return path.group(2);
    }

    private static boolean bears(String token, String authorization) {
        return authorization != null
                && MessageDigest.isEqual(
                        ("Bearer " + token).getBytes(StandardCharsets.UTF_8),
                        authorization.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isJson(String contentType) {
        return contentType != null
                && contentType.toLowerCase(Locale.ROOT).matches("application/json(\\s*;\\s*charset=utf-8)?");
    }
}
