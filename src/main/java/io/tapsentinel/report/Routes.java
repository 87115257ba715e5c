package io.tapsentinel.report;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code routes check}: of a folder, or of what the program would run in this directory. */
public final class Routes {

    public static final String WORD = "routes";

    private Routes() {}

    /** @throws InvalidSettingException for another word, for a folder that is none, and when a check found something */
    public static void run(List<String> words, Map<String, String> properties, PrintStream out) {
        if (words.isEmpty() || words.size() > 2 || !words.get(0).equals("check")) {
            throw new InvalidSettingException(
                    "after " + WORD + " comes check, and a folder if it is not the one in use");
        }
        RouteFiles files = words.size() == 1 ? RouteFiles.effective(Path.of("")) : RouteFiles.in(Path.of(words.get(1)));
        String name = words.size() == 2
                ? words.get(1)
                : RouteFiles.areIn(Path.of(RouteFiles.FOLDER)) ? RouteFiles.FOLDER : "the packaged routes";
        if (files.texts().isEmpty()) {
            throw new InvalidSettingException("there is no " + RouteFiles.PATTERN + " file in " + name);
        }
        List<String> problems = RouteContract.problems(files, properties);
        problems.forEach(out::println);
        if (!problems.isEmpty()) {
            throw new InvalidSettingException(
                    name + ": " + Format.count(problems.size(), "problem") + "; this set would be refused");
        }
        out.println(name + ": " + Format.count(files.texts().size(), "file") + ", as they have to be");
    }
}
