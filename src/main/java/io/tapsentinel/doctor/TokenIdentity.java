package io.tapsentinel.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Who asks, as far as that is known.
 *
 * @param object      id that a role is given to
 * @param application id of the app registration
 */
record TokenIdentity(Optional<String> object, Optional<String> application) {

    static final TokenIdentity UNKNOWN = new TokenIdentity(Optional.empty(), Optional.empty());
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** Whom a token is for; nothing of it is looked at but these two ids. */
    static TokenIdentity of(String token) {
        JsonNode claims = claims(token.split("\\."));
        return new TokenIdentity(
                id(claims, "oid"),
                Stream.of("appid", "azp")
                        .flatMap(name -> id(claims, name).stream())
                        .findFirst());
    }

    private static JsonNode claims(String[] parts) {
        try {
            return parts.length == 3
                    ? new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]))
                    : MissingNode.getInstance();
        } catch (IOException | IllegalArgumentException opaque) {
            return MissingNode.getInstance();
        }
    }

    private static Optional<String> id(JsonNode claims, String name) {
        return Optional.of(claims.path(name).asText()).filter(ID.asMatchPredicate());
    }

    /** For the option of a command. */
    String assignee() {
        return object.or(() -> application).orElse("<object id>");
    }

    @Override
    public String toString() {
        return this.equals(UNKNOWN)
                ? "an identity that its token does not name"
                : Stream.of(object.map(id -> "object id " + id), application.map(id -> "application " + id))
                        .flatMap(Optional::stream)
                        .reduce((one, other) -> one + ", " + other)
                        .orElseThrow();
    }
}
