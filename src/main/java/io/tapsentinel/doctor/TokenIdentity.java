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
 * The identity in a token, where known.
 *
 * @param object      id to assign a role to
 * @param application id of the app registration
 */
record TokenIdentity(Optional<String> object, Optional<String> application) {

    static final TokenIdentity UNKNOWN = new TokenIdentity(Optional.empty(), Optional.empty());
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** Reads only these two ids from the token. */
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

    /** Value for {@code az role assignment create --assignee}. */
    String assignee() {
        return object.or(() -> application).orElse("<object id>");
    }

    @Override
    public String toString() {
        return this.equals(UNKNOWN)
                ? "the token names no identity"
                : Stream.of(object.map(id -> "object id " + id), application.map(id -> "application " + id))
                        .flatMap(Optional::stream)
                        .reduce((one, other) -> one + ", " + other)
                        .orElseThrow();
    }
}
