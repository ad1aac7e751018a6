"""Signs in to the admin at the given address and takes pictures of its pages in a folder."""

import sys

from cdp import Browser

PAGES = {
    "overview": "/",
    "gateways": "/gateways",
    "gateway": "/gateways/harbour",
    "gateway-edit": "/gateways/harbour/edit",
    "gateway-explain": "/gateways/harbour/explain",
    "gateway-keys": "/gateways/harbour/keys",
    "gateway-certificates": "/gateways/harbour/certificates",
    "gateway-new": "/gateways/new",
    "unknown": "/unknown",
    "unknown-one": "/unknown/58A0CBFFFE8000F2",
    "lns": "/lns",
    "trust": "/trust",
    "trust-new": "/trust/new",
    "trust-one": "/trust/eu-root",
    "trust-left": "/trust/eu-root/left",
    "move": "/move?uri=https%3A%2F%2Fcups.example.com%3A443&group=roofs",
    "cas": "/cas",
    "ca": "/cas/field-ca",
    "plans": "/plans",
    "plan-eu": "/plans/EU_863_870_TTN",
    "plan-us": "/plans/US_902_928_FSB_2",
    "plan-import": "/plans/import",
    "boards": "/boards",
    "board": "/boards/rak2287-spi",
    "templates": "/templates",
    "template-new": "/templates/new",
    "accounts": "/accounts",
    "audit": "/audit",
    "settings": "/settings",
}
LOOKS = {"light": (1280, 900, False), "dark": (1280, 900, True), "phone": (390, 844, False)}


def main(admin, folder, *only):
    wrong = 0
    with Browser() as b:
        b.goto(admin + "/sign-in")
        b.screenshot(f"{folder}/sign-in-light.png")
        b.fill("#f-account", "anna")
        b.fill("#f-password", "password of anna")
        b.click("main form button")
        if b.has("#f-password"):
            raise SystemExit("cannot sign in: " + b.text("main"))
        for name, path in PAGES.items():
            if only and name not in only:
                continue
            for look, (width, height, dark) in LOOKS.items():
                b.window(width, height, dark)
                status = b.goto(admin + path)
                b.screenshot(f"{folder}/{name}-{look}.png", width, height, dark)
                if status != 200 or b.overflow() > 0:
                    print(f"{name} {look}: status {status}, {b.overflow()} pixels too wide")
                    wrong += 1
        for complaint in sorted(set(b.complaints)):
            print("the browser says:", complaint)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
