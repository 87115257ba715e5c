package io.tapsentinel.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads typed values from properties. An invalid value throws {@link InvalidSettingException} with its name, value and bound. */
public final class SettingReader {

    private static final int HIGHEST_PORT = 65_535;

    private final Map<String, String> properties;

    public SettingReader(Map<String, String> properties) {
        this.properties = properties;
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(properties.get(name));
    }

    /** The value of a property that must be set. */
    public String required(String name) {
        return text(name).orElseThrow(() -> missing(List.of(name)));
    }

    /** Reports all missing properties in one exception. Of alternatives, {@code a|b}, one is enough. */
    public void require(String... names) {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (List.of(name.split("\\|")).stream().noneMatch(properties::containsKey)) {
                missing.add(name.replace("|", " or "));
            }
        }
        if (!missing.isEmpty()) {
            throw missing(missing);
        }
    }

    /** A secret from the property itself, or from the file in {@code <name>-file}. The file is read again at every use. */
    public Supplier<String> secret(String name) {
        return text(name)
                .<Supplier<String>>map(secret -> () -> OwnSecrets.know(secret))
                .orElseGet(() -> secretIn(name + "-file"));
    }

    private Supplier<String> secretIn(String name) {
        String file = required(name);
        Supplier<String> secret = () -> {
            try {
                return OwnSecrets.know(Files.readString(Path.of(file)).strip());
            } catch (IOException e) {
                throw new UncheckedIOException(name + ": " + file + " cannot be read", e);
            }
        };
        try {
            secret.get();
        } catch (UncheckedIOException e) {
            throw bad(name, file, "a readable file");
        }
        return secret;
    }

    public Duration duration(String name, Duration least, Duration most) {
        String value = required(name);
        try {
            Duration duration = Duration.parse(value);
            if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                return duration;
            }
        } catch (DateTimeException notADuration) {
            // thrown below
        }
        throw bad(name, value, "an ISO 8601 duration from " + least + " to " + most);
    }

    /** A list of durations; {@code none} is the empty list. */
    public List<Duration> durations(String name, Duration least, Duration most) {
        String value = required(name);
        if (value.equals("none")) {
            return List.of();
        }
        List<Duration> durations = new ArrayList<>();
        for (String one : value.split("\\s*,\\s*")) {
            durations.add(new SettingReader(Map.of(name, one)).duration(name, least, most));
        }
        return List.copyOf(durations);
    }

    public Optional<Instant> instant(String name) {
        return text(name).map(value -> {
            try {
                return Instant.parse(value);
            } catch (DateTimeException e) {
                throw bad(name, value, "an instant such as 2026-01-31T08:00:00Z");
            }
        });
    }

    public int number(String name, int least, int most) {
        String value = required(name);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // thrown below
        }
        throw bad(name, value, "a whole number from " + least + " to " + most);
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String name) {
        return oneOf(name, "true", "false").equals("true");
    }

    /** A whole percentage from 0 % to 99 %. */
    public int percent(String name) {
        String value = required(name);
        if (!value.matches("\\d{1,2} ?%")) {
            throw bad(name, value, "a percentage from 0 % to 99 %");
        }
        return Integer.parseInt(value.replaceAll("\\D", ""));
    }

    public String oneOf(String name, String... allowed) {
        String value = required(name);
        if (!List.of(allowed).contains(value)) {
            throw bad(name, value, "one of " + String.join(", ", allowed));
        }
        return value;
    }

    public List<String> listOf(String name, String... allowed) {
        List<String> values = List.of(required(name).split("\\s*,\\s*"));
        for (String value : values) {
            if (!List.of(allowed).contains(value)) {
                throw bad(name, value, "a list of " + String.join(", ", allowed));
            }
        }
        return values;
    }

    /** An https URL without trailing slashes; http only for loopback. */
    public URI url(String name) {
        String value = required(name);
        try {
            URI url = new URI(value.replaceAll("/+$", ""));
            boolean secure = "https".equals(url.getScheme());
            if (url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null
                    && url.getFragment() == null
                    && (secure || "http".equals(url.getScheme()) && Loopback.isName(url.getHost()))) {
                if (url.getRawAuthority().endsWith(":") || url.getPort() == 0 || url.getPort() > HIGHEST_PORT) {
                    throw bad(name, value, "a URL with a port from 1 to " + HIGHEST_PORT + ", or without a colon");
                }
                return url;
            }
        } catch (URISyntaxException notAUrl) {
            // thrown below
        }
        throw bad(name, withoutSecrets(value), "an https URL without user name or query (http for loopback only)");
    }

    /** Removes user, password and parameters from a URL for messages. A password may contain any character. */
    public static String withoutSecrets(String url) {
        return url.replaceAll("^((jdbc:)?(\\w+:)?(//)?).*[?;].*@.*", "$1...@...")
                .replaceAll("^((jdbc:)?(\\w+:)?(//)?).*@", "$1...@")
                .replaceAll("([?;]).*", "$1...");
    }

    public static InvalidSettingException bad(String name, String value, String bound) {
        return new InvalidSettingException(List.of(name), name + " is \"" + value + "\"; it must be " + bound);
    }

    private static InvalidSettingException missing(List<String> names) {
        List<String> first = names.stream().map(name -> name.split(" ")[0]).toList();
        return new InvalidSettingException(
                first,
                "Missing: " + String.join(", ", names) + ". Set them in application.properties or the environment ("
                        + EffectiveProperties.environmentName(first.get(0)) + ", ...).");
    }
}
