package io.tapsentinel.net;

import io.tapsentinel.config.InvalidSettingException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hosts that bypass the proxy: {@code NO_PROXY}, or {@code no_proxy} when that is empty. Entries are separated by commas or spaces:
 * {@code *} for all hosts; {@code example.com} or {@code .example.com} for a domain and its subdomains; an address; a range,
 * {@code 10.0.0.0/8}. All but a range may have a port. Names are not resolved, so ranges match only hosts given as addresses.
 */
final class NoProxy {

    private static final Pattern ENTRY = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]/]+)(?::(\\d{1,5}))?");
    private static final Pattern BARE_IPV6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]+");

    private final List<Rule> rules;

    /** One entry. */
    private interface Rule {
        /** @param host in lower case, without brackets */
        boolean meets(String host, int port);
    }

    private NoProxy(List<Rule> rules) {
        this.rules = rules;
    }

    /** @throws InvalidSettingException names the variable and the invalid entry */
    static NoProxy of(Map<String, String> environment) {
        for (String variable : new String[] {"NO_PROXY", "no_proxy"}) {
            String value = environment.getOrDefault(variable, "").strip();
            if (!value.isEmpty()) {
                return new NoProxy(Stream.of(value.split("[,\\s]+"))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> rule(variable, entry))
                        .toList());
            }
        }
        return new NoProxy(List.of());
    }

    /** Whether requests to this host and port bypass the proxy. */
    boolean meets(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        return rules.stream().anyMatch(rule -> rule.meets(name, port));
    }

    private static Rule rule(String variable, String entry) {
        if (entry.equals("*")) {
            return (host, port) -> true;
        }
        if (entry.contains("/")) {
            AddressRange range = AddressRange.parse(entry).orElseThrow(() -> bad(variable, entry));
            return (host, port) -> range.contains(host);
        }
        if (BARE_IPV6.matcher(entry).matches()) {
            return hosts(entry, 0);
        }
        Matcher parts = ENTRY.matcher(entry);
        if (!parts.matches()) {
            throw bad(variable, entry);
        }
        return hosts(parts.group(1), parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2)));
    }

    private static Rule hosts(String entry, int onlyPort) {
        String name =
                entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "").replaceAll("[\\[\\]]", "");
        Predicate<String> meant = AddressRange.parse(name)
                .<Predicate<String>>map(range -> range::contains)
                .orElse(host -> host.equals(name) || host.endsWith("." + name));
        return (host, port) -> (onlyPort == 0 || port == onlyPort) && meant.test(host);
    }

    private static InvalidSettingException bad(String variable, String entry) {
        return new InvalidSettingException(
                variable + " has the entry \"" + entry
                        + "\"; it must be a host, a domain suffix or an address (each also with :port), a range such as 10.0.0.0/8, or *");
    }
}
