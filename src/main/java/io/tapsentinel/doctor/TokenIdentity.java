package io.tapsentinel.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who a token is for, by the two ids that a role is given to; nothing else of it is looked at. */
final class TokenIdentity {

    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private TokenIdentity() {
    }

    /** In words; empty for a token that does not say. */
    static Optional<String> of(String token) {
        String[] parts = token.split("\\.");
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
            Optional<String> object = id(claims, "oid");
            Optional<String> application = Stream.of("appid", "azp").flatMap(name -> id(claims, name).stream()).findFirst();
            return object.map(id -> "object id " + id + application.map(app -> ", application " + app).orElse(""))
                    .or(() -> application.map(app -> "application " + app));
        } catch (IOException | IllegalArgumentException opaque) {
            return Optional.empty();
        }
    }

    private static Optional<String> id(JsonNode claims, String name) {
        return Optional.of(claims.path(name).asText()).filter(ID.asMatchPredicate());
    }
}
