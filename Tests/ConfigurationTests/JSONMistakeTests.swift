import Testing

@testable import Configuration

@Suite struct JSONMistakeTests {
    static let mistakes: [(String, String)] = [
        ("{\"a\": 1,\n}", "a.json:1: not valid JSON at column 8: a comma with nothing after it; remove it"),
        ("{\"a\": [1, 2,]}", "a.json:1: not valid JSON at column 12: a comma with nothing after it; remove it"),
        (
            "{\"a\": 1\n \"b\": 2}",
            "a.json:2: not valid JSON at column 2: unexpected '\"'; is a comma, a colon or a quote missing before it?"
        ),
        (
            "{\"é\":\r\n  \"ü\" x}",
            "a.json:2: not valid JSON at column 7: 'x' is not a JSON value; write words in double quotes"
        ),
        ("{\n// why\n\"a\": 1}", "a.json:2: not valid JSON at column 1: JSON has no comments; remove it"),
        ("{\"a\": 1} # x", "a.json:1: not valid JSON at column 10: JSON has no comments; remove it"),
        (
            "{'a': 1}",
            "a.json:1: not valid JSON at column 2: 'a' begins with the wrong quote; strings are written in double "
                + "quotes, \"\""
        ),
        ("{\"a\": True}", "a.json:1: not valid JSON at column 7: 'True' is not a JSON value; write true"),
        ("{\"a\": None}", "a.json:1: not valid JSON at column 7: 'None' is not a JSON value; write null"),
        (
            "{\"a\": nul}",
            "a.json:1: not valid JSON at column 7: 'nul' is not a JSON value; write words in double quotes"
        ),
        ("{\"a\": 01}", "a.json:1: not valid JSON at column 8: a number must not begin with a superfluous 0"),
        ("{\"a\": 1e999}", "a.json:1: not valid JSON at column 7: the number 1e999 is too large"),
        ("{\"a\":\n [1, {\"b\": 2}", "a.json:2: not valid JSON at column 2: this '[' is never closed"),
        ("{\"a\": [1}", "a.json:1: not valid JSON at column 9: '}' stands where ']' must close the '[' before it"),
        ("{}}", "a.json:1: not valid JSON at column 3: this '}' closes nothing"),
        ("{\"a\": \"x", "a.json:1: not valid JSON at column 7: this string is never closed"),
        (
            "{\"a\": \"x\n\"}",
            "a.json:1: not valid JSON at column 7: this string is not closed on its line; write a line break in it as "
                + "\\n"
        ),
        (
            "{\"a\": \"x\ty\"}",
            "a.json:1: not valid JSON at column 9: a control character in a string; write a tab as \\t and others as "
                + "\\u00.."
        ),
        (
            "{\"a\": \"\\x\"}",
            "a.json:1: not valid JSON at column 8: a backslash in a string must be followed by one of "
                + "\" \\ / b f n r t u; write \\\\ for a backslash"
        ),
        (
            "{\"a\": \"\\é\"}",
            "a.json:1: not valid JSON at column 8: a backslash in a string must be followed by one of "
                + "\" \\ / b f n r t u; write \\\\ for a backslash"
        ),
        (
            "{\"a\": \"\\u12\"}",
            "a.json:1: not valid JSON at column 8: after \\u four hexadecimal digits must follow"
        ),
        (
            "{\"a\": \"\\ud83d\"}",
            "a.json:1: not valid JSON at column 8: this \\u escape is half of a surrogate pair; the other half is "
                + "missing"
        ),
        (
            "{\"a\": \"\\ude00\\ud83d\"}",
            "a.json:1: not valid JSON at column 8: this \\u escape is half of a surrogate pair; the other half is "
                + "missing"
        ),
        (
            "{\"a\": }",
            "a.json:1: not valid JSON at column 7: unexpected '}'; is a comma, a colon or a quote missing before it?"
        ),
        (
            "{\"a\": [1,, 2]}",
            "a.json:1: not valid JSON at column 10: unexpected ','; is a comma, a colon or a quote missing before it?"
        ),
        (
            "{\"a\" 1}",
            "a.json:1: not valid JSON at column 6: unexpected '1'; is a comma, a colon or a quote missing before it?"
        ),
        ("{a: 1}", "a.json:1: not valid JSON at column 2: 'a' is not a JSON value; write words in double quotes"),
        (
            "{} true",
            "a.json:1: not valid JSON at column 4: unexpected 't'; is a comma, a colon or a quote missing before it?"
        ),
        (
            "{\"a\": \"1\"\r\r\n\n \"b\"}",
            "a.json:4: not valid JSON at column 2: unexpected '\"'; is a comma, a colon or a quote missing before it?"
        ),
        (
            "{\"a\": .5}",
            "a.json:1: not valid JSON at column 7: '.5' is not a JSON number; "
                + "write it like 0.5 or -2e-3, or in double quotes"
        ),
        (
            "[\n-1.e2]",
            "a.json:2: not valid JSON at column 1: '-1.e2' is not a JSON number; "
                + "write it like 0.5 or -2e-3, or in double quotes"
        ),
        (
            "[2024-01-01]",
            "a.json:1: not valid JSON at column 2: '2024-01-01' is not a JSON number; "
                + "write it like 0.5 or -2e-3, or in double quotes"
        ),
        ("[-01]", "a.json:1: not valid JSON at column 4: a number must not begin with a superfluous 0"),
        ("[-1e999]", "a.json:1: not valid JSON at column 2: the number -1e999 is too large"),
        (
            "[-Infinity]",
            "a.json:1: not valid JSON at column 2: '-Infinity' is not a JSON value; write words in double quotes"
        ),
        ("[1}", "a.json:1: not valid JSON at column 3: '}' stands where ']' must close the '[' before it"),
        (
            "[\u{1B}[2J]",
            "a.json:1: not valid JSON at column 2: '\\u001b' is not a JSON value; write words in double quotes"
        ),
        ("\n", "a.json:2: not valid JSON at column 1: the text ends where a value must stand"),
        ("{\"a\":", "a.json:1: not valid JSON at column 1: this '{' is never closed"),
        ("[\"\\", "a.json:1: not valid JSON at column 2: this string is never closed"),
    ]

    @Test(arguments: mistakes)
    func eachMistakeHasItsSentence(text: String, expected: String) {
        #expect(
            sentence { () throws(ConfigurationError) in _ = try JSONParser.parse(text, file: "a.json") } == expected)
    }
}
