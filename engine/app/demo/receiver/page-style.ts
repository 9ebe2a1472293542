/** How the receiver's page looks: each tool in its own colours, side by side where there is space. */
export const STYLE = `
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;color:#1f2329;background:#eef0f3}
header{display:flex;flex-wrap:wrap;gap:1rem;justify-content:space-between;align-items:start;padding:1.2rem 1.5rem;background:#fff;border-bottom:1px solid #dee0e3}
h1{margin:0;font-size:1.25rem}header p{margin:.25rem 0 0;color:#51565d;max-width:100ch}[role=status]{color:#b42318}[role=status]:empty{display:none}
nav{display:flex;gap:1rem;align-items:center}a{color:#175cd3}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:1rem;padding:1rem 1.5rem;align-items:start}
section{background:#fff;border:1px solid #dee0e3;border-radius:10px;padding:.25rem 1rem 1rem;min-width:0;overflow-wrap:anywhere}
h2{font-size:.95rem;margin:.6rem 0;color:#51565d;font-weight:600}h3{font-size:1rem;margin:.3rem 0;line-height:1.4}
.none,.grey,.bot{color:#646a73}.who{margin:.8rem 0 .2rem;font-size:.85rem}p{margin:.25rem 0}
.card{border:1px solid #dee0e3;border-radius:8px;overflow:hidden}.card .head{margin:0;padding:.55rem .8rem}.card .body{padding:.5rem .8rem .8rem}
.red{background:#fde2e2;color:#8a1f17}.orange{background:#feead2;color:#7a4100}.blue{background:#e1eaff;color:#133c9a}.green{background:#d9f5d6;color:#186010}
section.slack article,.incident,.hook{padding:.2rem 0 .3rem .8rem;border-left:4px solid #4a154b}.incident{border-color:#067647;margin:.8rem 0}.hook{border-color:#475467;margin:.8rem 0}
section.slack{border-top:4px solid #4a154b}section.feishu{border-top:4px solid #3370ff}section.pagerduty{border-top:4px solid #067647}section.webhook{border-top:4px solid #475467}
blockquote{margin:.3rem 0;padding-left:.7rem;border-left:4px solid #ddd;color:#51565d}
button,a.button{display:inline-block;margin:.3rem .5rem .3rem 0;padding:.35rem .9rem;min-height:2.4rem;font:inherit;font-weight:600;line-height:1.6rem;border:1px solid #bbbfc4;border-radius:6px;background:#fff;color:#1f2329;text-decoration:none;cursor:pointer}
button{background:#175cd3;border-color:#175cd3;color:#fff}button:disabled{opacity:.5}button:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid #f5a623;outline-offset:2px}
.pill{display:inline-block;margin:.2rem .6rem .2rem 0;padding:0 .6rem;border-radius:1rem;font-size:.8rem;font-weight:600;background:#fde2e2;color:#8a1f17}
.acknowledged{background:#feead2;color:#7a4100}.resolved{background:#d9f5d6;color:#186010}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 .8rem;margin:.3rem 0;font-size:.85rem}dt{color:#646a73}dd{margin:0}ol{margin:.3rem 0;padding:0;list-style:none;font-size:.85rem}
pre{max-height:22rem;overflow:auto;padding:.6rem;background:#f5f6f7;border-radius:6px;font-size:.75rem;white-space:pre-wrap}
`;
