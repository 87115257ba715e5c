package io.tapsentinel.yamlroutes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The program's own classes and beans are no parts for routes: a class could write on an event what only Java may, and a bean of
 * the same name would stand in for ours, also after its file is gone, since Camel forgets none.
 */
final class OwnParts {

    /** Beans that the program brings, beside the repositories. */
    static final Set<String> BEANS = Set.of(
            "sentinel",
            "lookup",
            "tap-health",
            "sentinel-health",
            "tap-completeness",
            "tap-storage",
            "tap-archive",
            "tap-routes",
            "metricsRegistry",
            "http",
            "https",
            "quartz",
            "direct");

    private static final Pattern CLASS = Pattern.compile("\\bio\\.tapsentinel\\.");

    private OwnParts() {}

    static List<String> problems(RouteFiles files, Set<String> replaced) {
        List<String> problems = new ArrayList<>();
        files.texts().forEach((file, text) -> {
            String[] lines = text.split("\n", -1);
            for (int i = 0; i < lines.length; i++) {
                if (!lines[i].strip().startsWith("#") && CLASS.matcher(lines[i]).find()) {
                    problems.add(
                            file + ":" + (i + 1) + ": names a class of the program's own; routes may use none of them");
                }
            }
        });
        replaced.stream()
                .sorted()
                .forEach(bean -> problems.add(
                        "a bean is called " + bean + ", which is the program's own; give it another name"));
        return problems;
    }
}
